import { text } from "node:stream/consumers";
import { expect, it, vi } from "vitest";
import { addBenchmarkRequest } from "@/lib/contract/benchmark";
import { experimentRequest } from "@/lib/contract/experiment";
import { addBenchmark } from "@/server/services/benchmarks/benchmarks";
import { itemTable } from "@/server/services/benchmarks/items";
import { estimateExperiment } from "@/server/services/experiments/estimate-experiment";
import { smallExperiment } from "@/tests/support/experiment";
import { freshContext } from "@/tests/support/service-context";
import { storeAdapter } from "@/tests/support/stored-adapter";
import { resultColumns, storedDataSet, storeResults } from "@/tests/support/stored-benchmark";
import { storedRun } from "@/tests/support/stored-collection";

const isForbidden = vi.hoisted(() => ({ now: false }));
vi.mock(import("@/server/files/data/data-set"), async (load) => {
  const own = await load();
  return {
    ...own,
    openDataSet: (path) => {
      if (isForbidden.now) throw new Error(`${path} is read in the web server's own thread`);
      return own.openDataSet(path);
    },
  };
});

const context = await freshContext();
const small = await smallExperiment(context);
const long = "x".repeat(500);
const { dataSetId } = await storedDataSet(
  context.store,
  context.dataFolder,
  Array.from({ length: 3 }, (_, row) => ({ text: `${row} ${long}` })),
);
const request = addBenchmarkRequest.parse({
  name: "texts",
  task: { kind: "languageModel" },
  rows: { dataSetId, mapping: { kind: "text", text: "text" }, part: { kind: "all" } },
});

it("the web server's thread reads no data set for a benchmark, its table or the check of an experiment", async () => {
  const runId = await storedRun(context.store);
  storeAdapter(context, runId);
  isForbidden.now = true;
  const { id: benchmarkId } = await addBenchmark(context, request);
  const columns = resultColumns([1, 2, 3], [4, 5, 6]);
  await storeResults(context.store, { benchmarkId, runId }, { adapter: columns, base: columns });
  const table = await text(await itemTable(context, { benchmarkId, runId }));
  expect(table.split("\r\n").slice(1, 4)).toEqual([0, 1, 2].map((row) => expect.stringContaining(`${row} ${long}`)));
  expect((await estimateExperiment(context, experimentRequest.parse(small))).reportRows).toBeGreaterThan(1);
});

it("a caller that went away ends the reading", async () => {
  const gone = AbortSignal.abort();
  const asked = experimentRequest.parse({ ...small, data: { ...small.data, validationRows: 17 } });
  const ended = { code: "unavailable", message: expect.stringContaining("the request ended") };
  await expect(addBenchmark(context, request, gone)).rejects.toMatchObject(ended);
  await expect(estimateExperiment(context, asked, gone)).rejects.toMatchObject(ended);
});
