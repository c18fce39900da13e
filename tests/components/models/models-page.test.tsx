// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ModelsPage } from "@/components/models/models-page";
import { jobsQuery } from "@/lib/client/jobs";
import { modelsQuery } from "@/lib/client/models";
import { runsQuery } from "@/lib/client/runs";
import { model } from "@/tests/components/new-run/small-model";
import { runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { renderPage, testClient } from "@/tests/support/page";

vi.mock("next/navigation", () => ({
  useRouter: () => ({ push: () => undefined }),
  usePathname: () => "/models",
  useSearchParams: () => new URLSearchParams(window.location.search),
}));

const { run } = runDetailFixture({ steps: 4, step: 4 });
const projections = [
  { name: "q_proj", dIn: 4, dOut: 6 },
  { name: "down_proj", dIn: 10, dOut: 4, layers: [1] },
];
const first = { ...model, id: "m1", name: "first model", numLayers: 3, projections };
const second = { ...model, id: "m2", name: "second model", numLayers: 1, projections: [] };

beforeEach(() => vi.stubGlobal("fetch", () => new Promise(() => {})));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  window.history.replaceState(null, "", "/");
});

function open() {
  const client = testClient();
  const snapshot = { next: 1, open: [] };
  client.setQueryData(modelsQuery().queryKey, [first, second]);
  client.setQueryData(jobsQuery().queryKey, { tasks: [], snapshot });
  client.setQueryData(runsQuery().queryKey, { runs: [{ ...run, name: "a run", modelId: "m1" }], snapshot });
  renderPage(<ModelsPage />, client);
}

const panel = (name: string) => within(screen.getByRole("heading", { name }).closest("section") ?? document.body);
const rowsOf = (name: string) => panel(name).getAllByRole("row").slice(1);
const cellsOf = (row: HTMLElement) =>
  within(row)
    .getAllByRole("cell")
    .map(({ textContent }) => textContent);

it("shows what can be adapted in the first model, with the widths and weights over all layers, and the runs over it", () => {
  open();
  expect(rowsOf("Modules of first model").map(cellsOf)).toEqual([
    ["q_proj", "4", "6", "3", "72"],
    ["down_proj", "10", "4", "1", "40"],
  ]);
  expect(rowsOf("Runs over it").map(cellsOf)).toEqual([["a run", "STAN", "7", "4.000"]]);
});

it("shows another model's when it is chosen, with a way to its first run", () => {
  open();
  fireEvent.click(screen.getByRole("button", { name: "second model" }));
  expect(screen.getByRole("heading", { name: "Modules of second model" })).toBeTruthy();
  expect(panel("Runs over it").getByRole("link", { name: "New run" }).getAttribute("href")).toBe("/runs/new?model=m2");
});
