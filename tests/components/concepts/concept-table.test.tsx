// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ConceptTable } from "@/components/concepts/concept-table";
import type { DetectedConcept } from "@/lib/contract/detection";
import { smallCollection } from "@/tests/components/latent-table/small-collection";
import { renderPage } from "@/tests/support/page";

vi.mock("next/navigation", () => ({
  useRouter: () => ({ push: () => undefined }),
  usePathname: () => "/",
  useSearchParams: () => new URLSearchParams(),
}));

afterEach(cleanup);

const latent = { module: smallCollection.modules[0]?.name ?? "", index: 3 };

function conceptOf(name: string, auroc: number, low: number): DetectedConcept {
  const ranking = { auroc, averagePrecision: 1 - auroc };
  return {
    name,
    rows: { positives: 36, negatives: 41, hardNegatives: 5 },
    chosen: {
      ...{ latent, sign: 1, selection: { auroc: 0.97, averagePrecision: 0.9 }, report: ranking },
      interval: { auroc: [low, 0.99], averagePrecision: [0, 1] },
    },
    top: [{ latent, sign: -1, ranking, hard: { auroc: 0.61, averagePrecision: 0.5 }, active: { positives: 30, negatives: 2 } }],
  };
}

const silent: DetectedConcept = { ...conceptOf("silence", 0, 0), chosen: null, top: [] };
const concepts = [conceptOf("dates", 0.6, 0.45), silent, conceptOf("rivers", 0.9, 0.8)];

function renderTable() {
  renderPage(<ConceptTable runId="r" method="stan" collection={smallCollection} concepts={concepts} />);
}

const names = () =>
  screen.getAllByRole("row").flatMap((row) =>
    within(row)
      .queryAllByText(/^(dates|silence|rivers)$/)
      .map((one) => one.textContent),
  );

describe("The table of concepts", () => {
  it("says for how many the interval lies above chance, best first, and those without a latent last", () => {
    renderTable();
    expect(screen.getByText(/^For 1 of 3 concepts, the 95/)).toBeDefined();
    expect(names()).toEqual(["rivers", "dates", "silence"]);
    expect(screen.getByText("no latent is active in its rows")).toBeDefined();
    expect(screen.getAllByText("0.970")).toHaveLength(2);
    expect(screen.getByText("(0.800 to 0.990)")).toBeDefined();
  });

  it("is sorted by each column's head", () => {
    renderTable();
    fireEvent.click(screen.getByRole("button", { name: "Avg. precision" }));
    expect(names()).toEqual(["dates", "rivers", "silence"]);
    fireEvent.click(screen.getByRole("button", { name: "Concept" }));
    expect(names()).toEqual(["silence", "rivers", "dates"]);
  });

  it("shows the best latents of a concept with their hard negatives, and says that their numbers are too high", () => {
    renderTable();
    const name = screen.getByRole("button", { name: "rivers" });
    fireEvent.click(name);
    expect(name.getAttribute("aria-expanded")).toBe("true");
    expect(screen.getByText(/these numbers are too high/)).toBeDefined();
    expect(screen.getByText("5 hard negatives")).toBeDefined();
    expect(screen.getByText("30")).toBeDefined();
    expect(screen.getByText(/negative end/)).toBeDefined();
    fireEvent.click(name);
    expect(screen.queryByText("30")).toBeNull();
  });
});
