import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { POST as measureRuns } from "@/app/api/benchmarks/[benchmark]/results/route";
import { GET as getBenchmark, DELETE as removeBenchmark } from "@/app/api/benchmarks/[benchmark]/route";
import { POST as addBenchmark, GET as listBenchmarks } from "@/app/api/benchmarks/route";
import { GET as getItems } from "@/app/api/runs/[run]/benchmarks/[benchmark]/route";
import { GET as getTable } from "@/app/api/runs/[run]/benchmarks/[benchmark]/table/route";
import { GET as listOfRun, POST as measureBenchmarks } from "@/app/api/runs/[run]/benchmarks/route";
import {
  benchmarkDetail,
  benchmarkItems,
  benchmarkList,
  benchmarkSummary,
  measureStarted,
  runBenchmarkList,
} from "@/lib/contract/benchmark";
import { setRunProgress, setRunStatus } from "@/server/db/runs/runs";
import { httpContext } from "@/server/http/context";
import { freshDatabase } from "@/tests/support/database";
import { storeAdapter } from "@/tests/support/stored-adapter";
import { resultColumns, storedDataSet, storeResults } from "@/tests/support/stored-benchmark";
import { storedRun } from "@/tests/support/stored-collection";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services, live } = httpContext();
const { store } = services;
const run = await storedRun(store);
storeAdapter(services, run);
await setRunProgress(store.db, run, { step: 5, secondsLeft: null });
await setRunStatus(store.db, run, "finished");
const { dataSetId } = await storedDataSet(
  store,
  services.dataFolder,
  Array.from({ length: 5 }, (_, row) => ({ text: `row ${row}` })),
);

afterAll(async () => {
  await live.close();
  await store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});

function get(path = "/"): Request {
  return new Request(`http://127.0.0.1:3000${path}`, { headers: { host: "127.0.0.1:3000" } });
}

function send(method: string, body: unknown): Request {
  return new Request("http://127.0.0.1:3000/", { method, body: JSON.stringify(body), headers: { host: "127.0.0.1:3000" } });
}

function at<Params>(params: Params) {
  return { params: Promise.resolve(params) };
}

it("benchmarks are made, measured, read item by item, and removed over HTTP", async () => {
  const rows = { dataSetId, mapping: { kind: "text", text: "text" }, part: { kind: "all" } };
  const made = benchmarkSummary.parse(
    await (await addBenchmark(send("POST", { name: "rows", rows, task: { kind: "languageModel" } }), at({}))).json(),
  );
  expect(made).toMatchObject({ numRows: 5, rows: { count: 256, maxTokens: 512 } });
  const benchmark = made.id;
  expect(benchmarkList.parse(await (await listBenchmarks(get(), at({}))).json())).toEqual({ benchmarks: [made] });
  const started = measureStarted.parse(await (await measureRuns(send("POST", { runs: [run] }), at({ benchmark }))).json());
  expect(started.tasks).toMatchObject([{ kind: "benchmark", title: "rows, a run", status: "queued", unit: "rows" }]);
  const again = measureStarted.parse(await (await measureBenchmarks(send("POST", { benchmarks: [benchmark] }), at({ run }))).json());
  expect(again.skipped).toEqual([{ runId: run, benchmarkId: benchmark, reason: "underway" }]);
  const base = resultColumns([2, 4, 6, 8, 10], [2, 2, 2, 2, 2]);
  await storeResults(store, { benchmarkId: benchmark, runId: run }, { base, adapter: resultColumns([1, 1, 8, 6, 9], [2, 2, 2, 2, 2]) });
  const ofRun = runBenchmarkList.parse(await (await listOfRun(get(), at({ run }))).json());
  expect(ofRun.benchmarks[0]).toMatchObject({ score: { rows: 5 }, task: { id: started.tasks[0]?.id } });
  const detail = benchmarkDetail.parse(await (await getBenchmark(get(), at({ benchmark }))).json());
  expect(detail.results).toMatchObject([{ run: { id: run }, score: { metrics: [{ name: "loss", adapter: 2.5, base: 3 }, {}] } }]);
  const items = benchmarkItems.parse(await (await getItems(get("/x?sort=base&order=desc&limit=2"), at({ run, benchmark }))).json());
  expect(items.items.map(({ row, text }) => [row, text])).toEqual([
    [4, "row 4"],
    [3, "row 3"],
  ]);
  expect((await getItems(get("/x?limit=0"), at({ run, benchmark }))).status).toBe(400);
  const table = await getTable(get(), at({ run, benchmark }));
  expect(table.headers.get("content-disposition")).toBe(`attachment; filename="benchmark-${benchmark}-${run}.csv"`);
  expect((await table.text()).split("\r\n")).toHaveLength(7);
  expect((await removeBenchmark(send("DELETE", {}), at({ benchmark }))).status).toBe(204);
  expect((await getBenchmark(get(), at({ benchmark }))).status).toBe(404);
});

it("a benchmark of another form is refused, naming the field", async () => {
  const refused = await addBenchmark(send("POST", { name: "x", rows: { dataSetId }, task: { kind: "label" } }), at({}));
  expect(refused.status).toBe(400);
  const { error } = (await refused.json()) as { error: { field: string } };
  expect(error.field).toBe("rows.mapping");
});
