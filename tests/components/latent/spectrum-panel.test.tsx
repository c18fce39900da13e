import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { SpectrumDrawing, SpectrumPanel } from "@/components/latent/spectrum-panel";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";

const spectrum = { singularValues: [4, 2, 1], shares: [0.25, -0.5, 1.5] };

function heights(markup: string, fill: string): number[] {
  return [...markup.matchAll(/<rect [^>]*>/g)]
    .map(([rect]) => rect)
    .filter((rect) => rect.includes(`fill="${fill}"`))
    .map((rect) => Number(/ height="([^"]+)"/.exec(rect)?.[1]));
}

it("draws singular values, and under them the component's shares to a scale of their own, what it writes against a direction below zero", () => {
  const markup = renderToStaticMarkup(<SpectrumDrawing spectrum={spectrum} weightNorm={1.25} width={400} height={270} />);
  const values = heights(markup, "var(--line-strong)");
  expect((values[1] ?? 0) / (values[0] ?? 0)).toBeCloseTo(2 / 4, 6);
  expect((values[2] ?? 0) / (values[0] ?? 0)).toBeCloseTo(1 / 4, 6);
  const [first, third] = heights(markup, "var(--act-mark)");
  const [second] = heights(markup, "var(--neg-mark)");
  expect((first ?? 0) / (third ?? 0)).toBeCloseTo(0.25 / 1.5, 6);
  expect((second ?? 0) / (third ?? 0)).toBeCloseTo(0.5 / 1.5, 6);
  expect(markup).toContain("direction 2: σ 2.00, of which this component writes −50\u202f%");
  expect(markup).toContain("from 4.00 to 1.00; this component’s largest share: 150\u202f% of direction 3");
  expect(markup).toContain("this component 1.25");
});

it("says the effective rank, how many of the values are shown, and why there are none", () => {
  const draw = (change: Parameters<typeof latentDetailWith>[0]) =>
    renderToStaticMarkup(<SpectrumPanel detail={latentDetailWith(change)} effectiveRank={2.41} />);
  expect(draw({ spectrum, numLatents: 3 })).toContain("effective rank 2.41 of 3");
  expect(draw({ spectrum, numLatents: 3 })).toContain("Above: singular values of what all components");
  expect(draw({ spectrum, numLatents: 9 })).toContain("the 3 largest singular values");
  // Of more components than 256 it is computed only where the module is narrower than that.
  expect(draw({ spectrum, numLatents: 512 })).toContain("effective rank 2.41 of at most 256");
  expect(draw({ spectrum: null })).toContain("Collect again to see the singular values");
  expect(draw({ spectrum: null, numLatents: 512, row: latentRowWith({ weightNorm: 1 }) })).toContain("Not computed at rank 512");
});
