// @vitest-environment happy-dom
import { cleanup, screen, within } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { ConceptPanel } from "@/components/latent/concept-panel";
import type { LatentConcept } from "@/lib/contract/detection";
import { renderPage } from "@/tests/support/page";

afterEach(cleanup);

const one: LatentConcept = {
  ...{ detectionId: "d1", dataName: "places", concept: "rivers", sign: 1 },
  rows: { positives: 40, negatives: 60, hardNegatives: 0 },
  ranking: { auroc: 0.912, averagePrecision: 0.8 },
  report: { auroc: 0.75, interval: [0.5, 0.9] },
};

it("shows a chosen detector by the other half with its interval, and others by all rows, each named so", () => {
  const others: LatentConcept[] = [one, { ...one, concept: "roads", sign: -1, report: null }];
  renderPage(<ConceptPanel runId="r 1" concepts={others} noun="component" />);
  const [rivers, roads] = screen.getAllByRole("row");
  expect(rivers?.textContent).toContain("0.750 (0.500 to 0.900)");
  expect(rivers?.title).toBe("40 rows with the concept, 60 without; average precision over all 0.800");
  expect(
    within(rivers as HTMLElement)
      .getByRole("link", { name: "rivers" })
      .getAttribute("href"),
  ).toBe("/runs/r%201/concepts?detection=d1");
  expect(roads?.textContent).toContain("negative end");
  expect(roads?.textContent).toContain("0.912");
  expect(screen.getByText(/best component, chosen on one half.*the number is too high/)).toBeTruthy();
});

it("explains only what it shows, and is not there without a concept", () => {
  const { unmount } = renderPage(<ConceptPanel runId="r" concepts={[one]} noun="latent" />);
  expect(screen.queryByText(/too high/)).toBeNull();
  unmount();
  renderPage(<ConceptPanel runId="r" concepts={[]} noun="latent" />);
  expect(screen.queryByRole("heading", { name: "Detects" })).toBeNull();
});
