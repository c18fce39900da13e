// @vitest-environment happy-dom
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { CollectionBar } from "@/components/collections/collection-bar";
import type { CollectionSummary } from "@/lib/contract/latent";
import { runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { renderPage } from "@/tests/support/page";

afterEach(cleanup);

const { run } = runDetailFixture({ steps: 3, step: 3 });
const made: Omit<CollectionSummary, "id" | "createdAt"> = {
  ...{ origin: { kind: "run", runId: run.id }, name: "all", status: "finished", error: null, stage: null, step: 3, positionKind: "token" },
  ...{
    tokens: 9,
    maxTokens: 9,
    contexts: 1,
    domains: [],
    classes: [],
    modules: [],
    numLatents: 0,
    shards: { done: 1, total: 1 },
    seconds: 1,
  },
};
const shipped: CollectionSummary = { ...made, id: "shipped", createdAt: "2026-01-01T00:00:00.000Z" };
const later: CollectionSummary = { ...made, id: "later", createdAt: "2026-02-01T00:00:00.000Z" };

function draw(isSample: boolean, chosen: typeof shipped) {
  renderPage(
    <CollectionBar runId={run.id} run={{ ...run, isSample }} collections={[later, shipped]} chosen={chosen} onChoose={() => {}} />,
  );
}

it("the statistics that came with the sample are marked instead of removed", () => {
  draw(true, shipped);
  expect(screen.getByText("Part of the sample")).toBeDefined();
  expect(screen.queryByRole("button", { name: "Remove" })).toBeNull();
});

it.each([
  ["made here of the sample", true, later],
  ["of a run of one's own", false, shipped],
])("statistics %s can be removed", (_whose, isSample, chosen) => {
  draw(isSample, chosen);
  expect(screen.getByRole("button", { name: "Remove" })).toBeDefined();
  expect(screen.queryByText("Part of the sample")).toBeNull();
});
