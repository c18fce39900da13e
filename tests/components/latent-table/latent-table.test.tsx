// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LatentTable } from "@/components/latent-table/latent-table";
import { SelectionTray } from "@/components/latent-table/selection-tray";
import { useLatentSelection } from "@/components/latent-table/use-latent-selection";
import { readLatentParams } from "@/components/latents/latent-params";
import { positionKinds } from "@/lib/contract/positions/position-kinds";
import { latentRowWith } from "@/tests/support/latent-detail";
import { renderPage } from "@/tests/support/page";
import { Router } from "@/tests/support/router";
import { smallCollection } from "./small-collection";
import { columnsOf } from "./table-columns";

/** Rows of the table; a page of them is read at a time. */
const total = 250;
const rowAt = (index: number) => latentRowWith({ module: "layers.0.q_proj", projection: "q_proj", layer: 0, index });
/** Under the first row, where the table folds near-duplicates. */
const duplicates = [1007, 1008];

let isBroken: (path: string) => boolean;

beforeEach(() => {
  isBroken = () => false;
  vi.stubGlobal("fetch", async (path: string) => {
    if (isBroken(path)) return Response.json({ error: { code: "internal", message: "broken here" } }, { status: 500 });
    if (path.endsWith("/rows")) return Response.json({ rows: duplicates.map(rowAt) });
    const search = new URL(path, "http://here").searchParams;
    const [offset, limit] = [Number(search.get("offset") ?? 0), Number(search.get("limit") ?? 100)];
    const places = Array.from({ length: Math.min(limit, total - offset) }, (_, at) => offset + at);
    const latents = duplicates.map((index) => ({ module: "layers.0.q_proj", index }));
    return Response.json({
      rows: places.map(rowAt),
      total,
      totalUnfiltered: total,
      folded: places.map((place) => (place === 0 ? { count: 2, latents } : { count: 0, latents: [] })),
      totalFolded: 2,
    });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const positions = positionKinds.token;
const columns = columnsOf({ positions });
const view = {
  domains: smallCollection.domains,
  positions,
  axis: null,
  isDense: false,
  largestShare: 0,
  mark: "stan" as const,
  searched: "",
};
const params = readLatentParams(new URLSearchParams());
const nothing = () => undefined;

function Table() {
  const selection = useLatentSelection();
  return (
    <>
      <LatentTable
        home={{ kind: "run", runId: "r" }}
        collection={smallCollection}
        one="latent"
        columns={columns}
        room={1390}
        histograms={[]}
        view={view}
        params={params}
        onParams={nothing}
        onTotal={nothing}
        selection={selection}
      />
      <SelectionTray
        home={{ kind: "run", runId: "r" }}
        collection={{ id: "c", positionKind: "token", domains: [] }}
        one="latent"
        selection={selection}
      />
    </>
  );
}

function open(): void {
  renderPage(
    <Router>
      <Table />
    </Router>,
  );
}

const duplicateRows = () => screen.queryAllByText("Near-duplicate:").length;

it("says under its row that near-duplicates could not be loaded, and loads them at the second try", async () => {
  isBroken = (path) => path.endsWith("/rows");
  open();
  const fold = await screen.findByRole("button", { name: /^Show 2 near-duplicates of/ });
  fireEvent.click(fold);
  const failed = await screen.findByRole("alert");
  expect(failed.textContent).toContain("Could not load the near-duplicates: broken here");
  expect(failed.closest("tr")?.previousElementSibling?.contains(fold)).toBe(true);
  isBroken = () => false;
  fireEvent.click(within(failed).getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(duplicateRows()).toBe(2));
  expect(screen.queryByRole("alert")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: /^Hide 2 near-duplicates of/ }));
  expect(duplicateRows()).toBe(0);
});

it("says in the tray that rows to select could not be loaded, and selects them at the second try", async () => {
  open();
  const selectAll = await screen.findByRole("checkbox", { name: `Select all ${total}` });
  isBroken = () => true;
  fireEvent.click(selectAll);
  const failed = await screen.findByRole("alert");
  expect(failed.textContent).toContain("Could not load the latents to select: broken here");
  isBroken = () => false;
  fireEvent.click(within(failed).getByRole("button", { name: "Try again" }));
  expect(await screen.findByText(`${total} latents selected`)).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
});
