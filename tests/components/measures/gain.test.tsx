// @vitest-environment happy-dom
import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { GainPlotDrawing } from "@/components/measures/gain/gain-plot";
import { layOutGainPlot, nearestStop } from "@/components/measures/gain/gain-plot-layout";
import { GainView } from "@/components/measures/gain/gain-view";
import { gainWords, keptWords } from "@/components/measures/gain/gain-words";
import type { GainPoint, GainResult } from "@/lib/contract/gain-kept";
import { renderPage, testClient } from "@/tests/support/page";

const point = (latents: number, value: number, more: Partial<GainPoint> = {}): GainPoint => ({
  ...{ latents, loss: 3 - value, share: { value, low: value * 0.9, high: value * 1.1 }, lossByOrder: [] },
  ...more,
});
const none = point(0, 0, { share: { value: 0, low: 0, high: 0 } });
const all = point(8, 1, { share: { value: 1, low: 1, high: 1 } });
const result: GainResult = {
  ...{ kind: "gain", isHeldOut: true, orderingRows: 4, rows: 5, labelTokens: 50, latents: 8, baseLoss: 3, adapterLoss: 2 },
  gain: { value: 1, low: 0.5, high: 1.5 },
  curves: [
    { order: "integrated", points: [none, point(1, 0.6), point(2, 0.8), point(4, 0.95), all] },
    { order: "outputShare", points: [none, point(1, 0.4), point(2, 0.5), point(4, 0.8), all] },
    { order: "random", points: [none, point(1, 0.1, { lossByOrder: [2.8, 3] }), point(2, 0.2), point(4, 0.4), all] },
  ],
};

describe("the gain kept", () => {
  it("is told with its interval, and how few latents keep most of it by the best order", () => {
    expect(gainWords(result)).toBe(
      "The adapter’s gain is 1.0000 nats per token, 95 % CI 0.5000 to 1.5000, on 5 held-out rows.".replace("95 %", "95 %"),
    );
    expect(keptWords(result.curves, 8, "latent")).toMatch(
      /^4 of 8 latents \(50.%\), ordered by integrated gradients, keep at least 90.% of it\.$/,
    );
    expect(keptWords([{ order: "random", points: result.curves[0]?.points ?? [] }], 8, "latent")).toBeNull();
  });

  it("has equal steps for factors of two, from none to all", () => {
    const layout = layOutGainPlot({ width: 600, height: 300, curves: result.curves, latents: 8 });
    const steps = [0, 1, 2, 4, 8].map(layout.x);
    const [first = 0, second = 0] = steps;
    for (const [at, step] of steps.entries()) expect(step).toBeCloseTo(first + at * (second - first), 6);
    expect(steps.at(-1)).toBe(layout.box.right);
    expect(layout.xTicks.map(({ label }) => label)).toEqual(["0", "1", "2", "4", "8"]);
    expect(nearestStop(layout, layout.x(2) + 9)).toBe(2);
    expect(layout.drawn.every(({ line, band }) => line.startsWith("M") && band.endsWith("Z"))).toBe(true);
  });

  it("is read out by the arrow keys", async () => {
    await renderPage(
      <GainPlotDrawing curves={result.curves} latents={8} mark="stan" noun="latent" width={600} height={300} />,
      testClient(),
    );
    const plot = screen.getByRole("img");
    fireEvent.keyDown(plot, { key: "ArrowRight" });
    fireEvent.keyDown(plot, { key: "ArrowRight" });
    expect(within(plot).getByText("1 latent")).toBeTruthy();
    expect(within(plot).getByText(/^60.%$/)).toBeTruthy();
    fireEvent.keyDown(plot, { key: "Escape" });
    expect(within(plot).queryByText("1 latent")).toBeNull();
  });

  it("is shown as curves and numbers; without a gain above 0 as losses alone", async () => {
    const { container } = await renderPage(<GainView method="stan" result={result} isAtWork={false} />, testClient());
    expect(screen.getByText(/keep at least 90.% of it/)).toBeTruthy();
    expect(container.querySelector(".legend")?.textContent).toContain("Random, mean of 2");
    expect(screen.getAllByRole("row")[2]?.textContent).toMatch(/^160.% 54.% to 66.%40.%/);
    const bare = result.curves.map(({ order, points }) => ({ order, points: points.map((one) => ({ ...one, share: null })) }));
    await renderPage(
      <GainView method="lora" result={{ ...result, gain: { value: 0.1, low: -1, high: 1 }, curves: bare }} isAtWork={false} />,
      testClient(),
    );
    expect(screen.getByText(/does not lie above 0, so no share of it is given/)).toBeTruthy();
    expect(screen.getByText(/any rotation of A and B/)).toBeTruthy();
    expect(screen.getAllByRole("row").at(-5)?.textContent).toBe("03.00003.00003.0000");
  });
});
