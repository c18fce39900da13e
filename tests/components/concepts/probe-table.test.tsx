// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { probed } from "@/components/concepts/probe-order";
import { ProbeTable } from "@/components/concepts/probe-table";
import { type ConceptProbes, probeSizes } from "@/lib/contract/probing";
import { smallCollection } from "@/tests/components/latent-table/small-collection";
import { renderPage } from "@/tests/support/page";

vi.mock("next/navigation", () => ({
  useRouter: () => ({ push: () => undefined }),
  usePathname: () => "/",
  useSearchParams: () => new URLSearchParams(),
}));

afterEach(cleanup);

const module = smallCollection.modules[0]?.name ?? "";

function probeOf(k: number, accuracy: number) {
  return { k, accuracy, auroc: accuracy + 0.05, interval: { accuracy: [accuracy - 0.1, accuracy + 0.02], auroc: [0.4, 0.99] } } as const;
}

/** @param accuracies of the probes on latents */
function probesOf(accuracies: readonly number[], constant = 0.5): ConceptProbes {
  return {
    module,
    rows: { train: { positives: 30, negatives: 31 }, test: { positives: 29, negatives: 28 } },
    latents: probeSizes.map((k, size) => ({
      ...probeOf(k, accuracies[size] ?? 0),
      // The module has three latents that differ.
      chosen: [4, 2, 7].slice(0, k).map((index) => ({ index, weight: index / k })),
    })),
    channels: probeSizes.map((k) => probeOf(k, 0.61)),
    dense: probeOf(688, 0.93),
    constant,
  };
}

const concepts = probed([{ name: "dates" }, { name: "rivers" }], [probesOf([0.9, 0.7, 0.8, 0.81], 0.6), probesOf([0.6, 0.72, 0.84, 0.91])]);

function renderTable() {
  renderPage(<ProbeTable runId="r" method="stan" collection={smallCollection} concepts={concepts} />);
}

const names = () => screen.getAllByText(/^(dates|rivers)$/).map(({ textContent }) => textContent);

describe("The table of sparse probes", () => {
  it("has a line for latents and one for the base model's channels, with intervals, the dense probe and the constant", () => {
    renderTable();
    const rows = screen.getAllByRole("row").slice(1);
    expect(rows.length).toBe(6);
    const [latents, channels] = rows.slice(2, 4).map((row) =>
      within(row)
        .getAllByRole("cell")
        .map(({ textContent }) => textContent),
    );
    expect(latents?.slice(1)).toEqual([
      ...["latents", "0.600 (0.50 to 0.62)", "0.720 (0.62 to 0.74)", "0.840 (0.74 to 0.86)", "0.910 (0.81 to 0.93)", "", "0.500"],
    ]);
    expect(channels?.slice(1)).toEqual([
      "channels of the base model",
      ...probeSizes.map(() => "0.610 (0.51 to 0.63)"),
      "0.930 (0.83 to 0.95)",
      "",
    ]);
    expect(screen.getAllByText(/61 rows train, 57 measure/).length).toBe(2);
  });

  it("says the means over concepts, and the protocol", () => {
    renderTable();
    const rows = screen.getAllByRole("row").slice(1, 3);
    const means = rows.map((row) =>
      within(row)
        .getAllByRole("cell")
        .map(({ textContent }) => textContent),
    );
    expect(means).toEqual([
      ["Mean of 2 concepts", "latents", "0.750", "0.710", "0.820", "0.860", "", "0.550"],
      ["", "channels of the base model", "0.610", "0.610", "0.610", "0.610", "0.930", ""],
    ]);
    expect(screen.getByText(/^As in SAEBench/)).toBeDefined();
  });

  it("is sorted by the widest probe first, then by any column's head", () => {
    renderTable();
    expect(names()).toEqual(["rivers", "dates"]);
    fireEvent.click(screen.getByRole("button", { name: "k = 1" }));
    expect(names()).toEqual(["dates", "rivers"]);
    fireEvent.click(screen.getByRole("button", { name: "k = 1" }));
    expect(names()).toEqual(["rivers", "dates"]);
    fireEvent.click(screen.getByRole("button", { name: "Concept" }));
    expect(names()).toEqual(["rivers", "dates"]);
  });

  it("shows AUROC instead, of which a constant has a half", () => {
    renderTable();
    fireEvent.click(screen.getByRole("button", { name: "AUROC" }));
    expect(screen.getByText("0.650")).toBeDefined();
    expect(screen.getAllByText("0.500").length).toBe(3);
  });

  it("opens the latents of a concept with their weights in each probe", () => {
    renderTable();
    fireEvent.click(screen.getByRole("button", { name: "rivers" }));
    const opened = screen.getAllByRole("table")[1] ?? expect.fail();
    const rows = within(opened).getAllByRole("row").slice(1);
    expect(
      rows.map((row) =>
        within(row)
          .getAllByRole("cell")
          .slice(1)
          .map(({ textContent }) => textContent),
      ),
    ).toEqual([
      ["4.00", "2.00", "0.800", "0.200"],
      ["", "1.00", "0.400", "0.100"],
      ["", "", "1.40", "0.350"],
    ]);
    expect(
      within(opened)
        .getAllByRole("link")
        .map((link) => link.getAttribute("href"))[0],
    ).toContain("4");
  });
});
