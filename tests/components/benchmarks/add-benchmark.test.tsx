// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AddBenchmark } from "@/components/benchmarks/add-benchmark";
import type { FormRun } from "@/components/benchmarks/benchmark-form";
import { writeDraft } from "@/components/ui/drafts";
import { dataSetsQuery } from "@/lib/client/data";
import { modelsQuery } from "@/lib/client/models";
import { dataSet } from "@/tests/components/new-run/small-data-set";
import { model } from "@/tests/components/new-run/small-model";
import { runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { renderPage, testClient } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

const { run } = runDetailFixture({ steps: 3, step: 3 });
const split = { ...dataSet, id: "s", name: "letters", columns: [...dataSet.columns, { name: "part", samples: [], distinct: 2 }] };
const pictures = { ...dataSet, id: "p", name: "pictures", columns: ["image", "label"].map((name) => ({ name, samples: ["a"] })) };
const formRun = { dataSetId: "d", mapping: { kind: "text" as const, text: "text" }, validationRows: 5, task: "languageModel" as const };
const onDone = vi.fn();
let asked: { path: string; body: Record<string, unknown> }[];

beforeEach(() => {
  sessionStorage.clear();
  for (const name of ["benchmark/1/r", "typed/benchmark/1/r"]) writeDraft(name, undefined);
  onDone.mockClear();
  asked = [];
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    if (init?.method === "POST") asked.push({ path, body: JSON.parse(String(init.body)) });
    return Response.json({ error: { code: "invalid", message: "Too few rows.", field: "rows.count" } }, { status: 400 });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open(own: FormRun = formRun) {
  const client = testClient();
  client.setQueryData(modelsQuery().queryKey, [model]);
  client.setQueryData(dataSetsQuery().queryKey, [dataSet, split, pictures]);
  renderPage(<AddBenchmark run={run} formRun={own} isMeasured onDone={onDone} />, client);
}

const choose = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });

it("sends the rows and the task that were chosen, and leads to the field that the server refuses", async () => {
  open();
  typeInto("Max rows", "43");
  typeInto("Max tokens per row", "48");
  typeInto("Name", "Held-out texts");
  fireEvent.click(screen.getByRole("button", { name: "Add and measure" }));
  expect(await screen.findByText("Could not add the benchmark")).toBeTruthy();
  expect(asked).toEqual([{ path: "/api/benchmarks", body: expect.objectContaining({ name: "Held-out texts" }) }]);
  expect(asked[0]?.body["rows"]).toMatchObject({ dataSetId: "d", count: 43, maxTokens: 48 });
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Max rows")));
  expect([textIn("Max rows"), textIn("Name"), onDone.mock.calls.length]).toEqual(["43", "Held-out texts", 0]);
});

it("asks for what a task needs: how answers match and end, or which columns hold the choices", () => {
  open();
  fireEvent.click(screen.getByRole("button", { name: /completion/i }));
  typeInto("Max new tokens", "7");
  typeInto("Stop strings", "\\n\\n");
  fireEvent.click(screen.getByRole("button", { name: /choice/i }));
  expect(screen.queryByLabelText("Max new tokens")).toBeNull();
  expect(screen.getByRole<HTMLButtonElement>("button", { name: /^Add/ }).disabled).toBe(true);
  fireEvent.click(screen.getByRole("button", { name: /completion/i }));
  expect([textIn("Max new tokens"), textIn("Stop strings")]).toEqual(["7", "\\n\\n"]);
});

it("follows another dataset, and closes without a question", () => {
  open();
  choose("Dataset", "s");
  expect(screen.getByLabelText<HTMLSelectElement>("Dataset").value).toBe("s");
  fireEvent.click(screen.getByRole("button", { name: "Close" }));
  expect(onDone).toHaveBeenCalledOnce();
});

it("asks for no length of images, which are read whole", async () => {
  open({ dataSetId: "p", mapping: { kind: "labelledImage", image: "image", label: "label" }, validationRows: 5, task: "classification" });
  expect(screen.queryByLabelText("Max tokens per row")).toBeNull();
  typeInto("Name", "Held-out images");
  fireEvent.click(screen.getByRole("button", { name: "Add and measure" }));
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(asked[0]?.body).toMatchObject({ task: { kind: "classification" }, rows: { mapping: { kind: "labelledImage" } } });
});
