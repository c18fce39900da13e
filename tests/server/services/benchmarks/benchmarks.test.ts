import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { type AddBenchmarkInput, addBenchmarkRequest, itemQuery } from "@/lib/contract/benchmark";
import { readBenchmarkItems } from "@/server/db/benchmarks/benchmarks";
import { readPair } from "@/server/db/benchmarks/results";
import { setRunProgress, setRunStatus } from "@/server/db/runs/runs";
import { readJob, setJobStatus } from "@/server/db/work/jobs";
import {
  addBenchmark,
  getBenchmarkDetail,
  listBenchmarks,
  listRunBenchmarks,
  removeBenchmark,
} from "@/server/services/benchmarks/benchmarks";
import { itemTable, listItems } from "@/server/services/benchmarks/items";
import { measureRuns } from "@/server/services/benchmarks/measure";
import { deleteRun } from "@/server/services/runs/delete-run";
import { freshContext } from "@/tests/support/service-context";
import { storeAdapter } from "@/tests/support/stored-adapter";
import { resultColumns, storedDataSet, storeResults } from "@/tests/support/stored-benchmark";
import { storedRun } from "@/tests/support/stored-collection";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const context = await freshContext();
const { store } = context;
const mapping = { kind: "promptCompletion" as const, prompt: "prompt", completion: "completion", domain: "place", split: "split" };
const rows = Array.from({ length: 13 }, (_, row) => ({
  prompt: `What is ${row}?`,
  completion: ` It is ${row}.`,
  options: ["one", "two", "three"],
  best: row % 3,
  place: row % 2 === 0 ? "land" : "sea",
  split: row < 5 ? "train" : "test",
}));
const { dataSetId } = await storedDataSet(store, context.dataFolder, rows, { domains: ["land", "sea"] });

function request(
  changes: Partial<Omit<AddBenchmarkInput, "rows">> & { rows?: Partial<AddBenchmarkInput["rows"]> } = {},
): AddBenchmarkInput {
  return { name: "sums", task: { kind: "completion" }, ...changes, rows: { dataSetId, mapping, ...changes.rows } };
}

function add(input: AddBenchmarkInput) {
  return addBenchmark(context, addBenchmarkRequest.parse(input));
}

async function finishedRun(): Promise<string> {
  const id = await storedRun(store);
  storeAdapter(context, id);
  await setRunProgress(store.db, id, { step: 5, secondsLeft: null });
  await setRunStatus(store.db, id, "finished");
  return id;
}

describe("a benchmark", () => {
  it("keeps the rows that runs hold out, by number, with what they are known by", async () => {
    const made = await add(request());
    expect(made).toMatchObject({ name: "sums", dataName: "questions", numRows: 8, domains: ["land", "sea"], isGeneral: false });
    const items = await readBenchmarkItems(store.db, made.id);
    expect([...(items?.numbers ?? [])]).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
    expect([...(items?.domainOf ?? [])]).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
    expect(items?.texts[0]).toBe("What is 5?");
    expect(items?.references?.[0]).toBe(" It is 5.");
    expect((await listBenchmarks(context))[0]).toEqual(made);
  });

  it.each<[string, Partial<AddBenchmarkInput["rows"]>, number[]]>([
    ["a split", { part: { kind: "split", name: "train" } }, [0, 1, 2, 3, 4]],
    ["a domain of all", { part: { kind: "all" }, domains: ["sea"] }, [1, 3, 5, 7, 9, 11]],
    ["a few, spread evenly", { part: { kind: "all" }, count: 3 }, [2, 6, 10]],
  ])("takes %s", async (_what, some, numbers) => {
    const made = await add(request({ rows: some }));
    expect([...((await readBenchmarkItems(store.db, made.id))?.numbers ?? [])]).toEqual(numbers);
  });

  it("knows its rows by their hash, which other rows, columns and answers change", async () => {
    const hashOf = async (input: AddBenchmarkInput) => (await add(input)).rowsHash;
    const first = await hashOf(request());
    expect(await hashOf(request({ name: "again" }))).toBe(first);
    const others = [
      request({ rows: { part: { kind: "all" } } }),
      request({ rows: { mapping: { ...mapping, completion: "prompt" } } }),
      request({ task: { kind: "choice", choices: "options", answer: "best" } }),
    ];
    expect(new Set([first, ...(await Promise.all(others.map(hashOf)))]).size).toBe(4);
  });

  it.each<[string, Parameters<typeof request>[0], string | undefined, RegExp]>([
    [
      "an unknown mapping",
      { rows: { mapping: { ...mapping, prompt: "query" } } },
      "rows.mapping.prompt",
      /no column "query"\. It has prompt, completion/,
    ],
    ["choices that are missing", { task: { kind: "choice", choices: "endings", answer: "best" } }, "task.choices", /no column "endings"/],
    [
      "an answer that is not among the choices",
      { task: { kind: "choice", choices: "options", answer: "prompt" } },
      "rows",
      /row 5: .*"What is 5\?" is not among/,
    ],
    [
      "no choices in a column",
      { task: { kind: "choice", choices: "prompt", answer: "best" } },
      "rows",
      /row 5: column "prompt" has no choices/,
    ],
    ["no rows left", { rows: { part: { kind: "split", name: "dev" } } }, "rows", /no rows left to measure on: none is in the split "dev"/],
    [
      "a domain that is not there",
      { rows: { part: { kind: "all" }, domains: ["air"] } },
      "rows",
      /no rows left to measure on: none is in air/,
    ],
    [
      "domains without a column",
      { rows: { mapping: { kind: "text", text: "prompt" }, domains: ["sea"] } },
      "rows.mapping.domain",
      /map one/,
    ],
    [
      "a split without a column",
      { task: { kind: "languageModel" }, rows: { mapping: { kind: "text", text: "prompt" }, part: { kind: "split", name: "test" } } },
      "rows.mapping.split",
      /map one, or use all/,
    ],
    ["completions of plain texts", { rows: { mapping: { kind: "text", text: "prompt" } } }, "rows.mapping", /has no completion/],
    [
      "choices after a chat",
      { task: { kind: "choice", choices: "options", answer: "best" }, rows: { mapping: { kind: "messages", messages: "prompt" } } },
      "rows.mapping",
      /no question for the choices/,
    ],
    ["forgetting by answers", { isGeneral: true }, "isGeneral", /cross-entropy/],
  ])("refuses %s by name", async (_what, changes, field, message) => {
    const before = (await listBenchmarks(context)).length;
    await expect(add(request(changes))).rejects.toMatchObject({ code: "invalid", field, message: expect.stringMatching(message) });
    expect(await listBenchmarks(context)).toHaveLength(before);
  });

  it("is not there without its data set", async () => {
    await expect(add(request({ rows: { dataSetId: "gone" } }))).rejects.toMatchObject({ code: "notFound" });
  });
});

describe("measuring", () => {
  it("starts a job a run, and not again what is measured or being measured", async () => {
    const [one, two] = [await add(request()), await add(request({ task: { kind: "languageModel" } }))];
    const [first, second] = [await finishedRun(), await finishedRun()];
    const started = await measureRuns(context, { runs: [first, second], benchmarks: [one.id, two.id] });
    expect(started.tasks.map(({ kind, title, unit }) => [kind, title, unit])).toEqual([
      ["benchmark", "2 benchmarks, a run", "rows"],
      ["benchmark", "2 benchmarks, a run", "rows"],
    ]);
    const job = await readJob(store.db, started.tasks[0]?.id ?? "");
    expect(job?.input).toEqual({ kind: "benchmark", runId: first, benchmarkIds: [one.id, two.id] });
    const again = await measureRuns(context, { runs: [first], benchmarks: [one.id] });
    expect(again).toEqual({ tasks: [], skipped: [{ runId: first, benchmarkId: one.id, reason: "underway" }] });
    for (const { id } of started.tasks) await setJobStatus(store.db, id, "failed", "the worker died");
    await storeResults(store, { benchmarkId: one.id, runId: first }, pairOfEight());
    const rest = await measureRuns(context, { runs: [first], benchmarks: [one.id, two.id] });
    expect(rest.skipped).toEqual([{ runId: first, benchmarkId: one.id, reason: "measured" }]);
    expect(rest.tasks.map(({ title }) => title)).toEqual(["sums, a run"]);
    await setRunProgress(store.db, first, { step: 9, secondsLeft: null });
    expect((await measureRuns(context, { runs: [first], benchmarks: [one.id] })).tasks).toHaveLength(1);
  });

  it("begins nothing when a run is in training, or a benchmark is gone", async () => {
    const made = await add(request());
    const [finished, training] = [await finishedRun(), await storedRun(store)];
    await setRunStatus(store.db, training, "running");
    await expect(measureRuns(context, { runs: [finished, training], benchmarks: [made.id] })).rejects.toMatchObject({ code: "conflict" });
    await expect(measureRuns(context, { runs: [finished], benchmarks: [made.id, "gone"] })).rejects.toMatchObject({ code: "notFound" });
    expect((await getBenchmarkDetail(context, made.id)).results).toEqual([]);
  });
});

function pairOfEight() {
  const tokens = [2, 2, 2, 0, 4, 2, 2, 2];
  const base = resultColumns([4, 4, 4, 0, 4, 4, 4, 4], tokens, {
    right: [0, 1, 0, 0, 1, 0, 0, 0],
    answers: ["a", "b", "c", null, "e", "f", "g", "h"],
  });
  const adapter = resultColumns([2, 5, 4, 0, 4, 3, 4, 8], tokens, {
    right: [1, 0, 0, 0, 1, 0, 0, 1],
    answers: ["A", "B", "C", null, "E", "F", 'G "q"', "H"],
  });
  return { adapter, base };
}

describe("results", () => {
  it("leave as a table with whole texts, and with their beginnings where the data has changed", async () => {
    const long = "and so on, ".repeat(60);
    const folder = temporaryFolder();
    const own = await storedDataSet(
      store,
      folder,
      rows.map((row) => ({ ...row, prompt: `${row.prompt} ${long}` })),
    );
    const made = await add(request({ rows: { dataSetId: own.dataSetId } }));
    const runId = await finishedRun();
    await storeResults(store, { benchmarkId: made.id, runId }, pairOfEight());
    const table = async () => (await text(await itemTable(context, { benchmarkId: made.id, runId }))).split("\r\n");
    expect((await table())[1]).toMatch(new RegExp(`"What is 5\\? ${long}".*,${folder}/questions.jsonl,false$`));
    own.write(rows);
    expect((await table())[1]).toMatch(/"What is 5\? (and so on, )+[^"]{0,11}…".*,true$/);
  });

  it("are read with the run, with the benchmark, and row by row in the requested order", async () => {
    const made = await add(request());
    const run = await finishedRun();
    await storeResults(store, { benchmarkId: made.id, runId: run }, pairOfEight());
    const [entry] = await listRunBenchmarks(context, run);
    expect(entry).toMatchObject({ benchmark: made, isOutdated: false, task: null });
    expect(entry?.score).toMatchObject({ rows: 7, labelTokens: 16, step: 5, trainedRows: 2 });
    expect(entry?.score?.metrics[0]).toMatchObject({ name: "exactMatch", adapter: 3 / 7, base: 2 / 7 });
    const detail = await getBenchmarkDetail(context, made.id);
    expect(detail.results).toEqual([
      { run: { id: run, name: "a run" }, score: entry?.score, isOutdated: false, obstacle: null, task: null },
    ]);
    const place = { benchmarkId: made.id, runId: run };
    const page = await listItems(context, place, itemQuery.parse({ order: "desc", limit: 3 }));
    expect(page.items.map(({ row, difference }) => [row, difference])).toEqual([
      [12, 2],
      [6, 0.5],
      [7, 0],
    ]);
    expect(page.items[0]).toEqual({
      row: 12,
      domain: "land",
      text: "What is 12?",
      reference: " It is 12.",
      labelTokens: 2,
      base: { lossSum: 4, answer: "h", isRight: false },
      adapter: { lossSum: 8, answer: "H", isRight: true },
      difference: 2,
    });
    expect(page).toMatchObject({ total: 7, counts: { all: 7, gained: 2, lost: 1, wrong: 4 } });
    const next = await listItems(context, place, itemQuery.parse({ sort: "row", offset: 5, limit: 3 }));
    expect(next.items.map(({ row }) => row)).toEqual([11, 12]);
    const gained = await listItems(context, place, itemQuery.parse({ show: "gained" }));
    expect(gained.items.map(({ row }) => row)).toEqual([5, 12]);
    const lines = (await text(await itemTable(context, place))).split("\r\n");
    expect(lines[0]).toBe(
      "row,domain,text,reference,labelTokens,difference,baseLoss,baseAnswer,baseIsRight,adapterLoss,adapterAnswer,adapterIsRight,file,isTextCut",
    );
    expect(lines[6]).toMatch(/^11,sea,What is 11\?, It is 11\.,2,0,2,g,false,2,"G ""q""",false,\/.*questions\.jsonl,false$/);
    expect(lines).toHaveLength(9);
  });

  it("go with their benchmark or their run; what the base model made of it stays for other runs", async () => {
    const made = await add(request());
    const [first, second] = [await finishedRun(), await finishedRun()];
    for (const runId of [first, second]) await storeResults(store, { benchmarkId: made.id, runId }, pairOfEight());
    const { tasks } = await measureRuns(context, { runs: [second], benchmarks: [(await add(request())).id] });
    await deleteRun(context, first);
    expect(await readPair(store.db, made.id, first)).toBeUndefined();
    expect((await readPair(store.db, made.id, second))?.base.runId).toBeNull();
    await removeBenchmark(context, made.id);
    expect(await readPair(store.db, made.id, second)).toBeUndefined();
    await deleteRun(context, second);
    expect((await readJob(store.db, tasks[0]?.id ?? ""))?.status).toBe("cancelled");
  });

  it("are said to be of an earlier step once the run was trained on, and are not there before it is measured", async () => {
    const made = await add(request());
    const run = await finishedRun();
    await expect(listItems(context, { benchmarkId: made.id, runId: run }, itemQuery.parse({}))).rejects.toMatchObject({ code: "notFound" });
    await storeResults(store, { benchmarkId: made.id, runId: run }, pairOfEight());
    await setRunProgress(store.db, run, { step: 7, secondsLeft: null });
    expect((await listRunBenchmarks(context, run))[0]).toMatchObject({ isOutdated: true, score: { step: 5 } });
  });

  it("are cancelled with a benchmark that is removed while it is measured alone", async () => {
    const made = await add(request());
    const run = await finishedRun();
    const { tasks } = await measureRuns(context, { runs: [run], benchmarks: [made.id] });
    await removeBenchmark(context, made.id);
    expect((await readJob(store.db, tasks[0]?.id ?? ""))?.status).toBe("cancelled");
  });
});
