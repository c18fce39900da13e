// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CollectForm } from "@/components/collections/collect-form";
import { dataSetsQuery } from "@/lib/client/data";
import { runRecordQuery } from "@/lib/client/runs";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { recordOf, runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { renderPage, testClient } from "@/tests/support/page";
import { typeInto } from "@/tests/support/typed-field";

const detail = runDetailFixture({ steps: 3, step: 3 });

function dataSet(id: string, columns: string[], mapping: DataSetSummary["mapping"]): DataSetSummary {
  const described = columns.map((name) => ({ name, samples: [], distinct: null }));
  return {
    ...{ id, name: `the ${id}`, path: `/${id}`, format: "jsonl", rows: 7, sizeBytes: 11, licence: null, domains: [], splits: [] },
    ...{ columns: described, mapping, createdAt: "2026-01-01T00:00:00.000Z" },
  };
}

const dataSets = [
  dataSet("d", ["text", "title"], { kind: "text", text: "text" }),
  dataSet("pairs", ["input", "output"], null),
  dataSet("texts", ["text"], null),
];

beforeEach(() => {
  sessionStorage.clear();
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => Response.json({}, { status: 500 })),
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** Of a run of its own, since drafts are kept by run. */
function drawForm(runId: string): void {
  const client = testClient();
  client.setQueryData(runRecordQuery(runId).queryKey, recordOf(detail));
  client.setQueryData(dataSetsQuery().queryKey, dataSets);
  renderPage(<CollectForm runId={runId} run={detail.run} />, client);
}

function choose(label: string, value: string): void {
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
}

/** What the form sends of the rows. */
async function sent(): Promise<unknown> {
  fireEvent.click(screen.getByRole("button", { name: "Collect statistics" }));
  await waitFor(() => expect(fetch).toHaveBeenCalled());
  const { dataSetId, mapping, rowTokens } = JSON.parse(String(vi.mocked(fetch).mock.lastCall?.[1]?.body));
  return { dataSetId, mapping, rowTokens };
}

it("reads what the run reads where nothing is chosen, and where a choice is taken back", async () => {
  drawForm("a");
  expect(screen.getByLabelText<HTMLSelectElement>("Text").value).toBe("text");
  expect(screen.getByLabelText<HTMLInputElement>("Row length, tokens").value).toBe("128");
  choose("Text", "title");
  choose("Text", "text");
  typeInto("Row length, tokens", "64");
  typeInto("Row length, tokens", "128");
  choose("Dataset", "texts");
  choose("Dataset", "d");
  expect(await sent()).toEqual({});
});

it("sends other columns and another row length", async () => {
  drawForm("b");
  choose("Text", "title");
  typeInto("Row length, tokens", "64");
  expect(await sent()).toEqual({ mapping: { kind: "text", text: "title" }, rowTokens: 64 });
});

it("sends columns for another dataset only where the run's do not serve", async () => {
  drawForm("c");
  choose("Dataset", "texts");
  expect(await sent()).toEqual({ dataSetId: "texts" });
  choose("Dataset", "pairs");
  vi.mocked(fetch).mockClear();
  expect(await sent()).toEqual({ dataSetId: "pairs", mapping: { kind: "promptCompletion", prompt: "input", completion: "output" } });
  choose("Rows are", "text");
  vi.mocked(fetch).mockClear();
  fireEvent.click(screen.getByRole("button", { name: "Collect statistics" }));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Text")));
  expect(fetch).not.toHaveBeenCalled();
  choose("Text", "input");
  expect(await sent()).toEqual({ dataSetId: "pairs", mapping: { kind: "text", text: "input" } });
});
