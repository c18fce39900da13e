import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type AddBenchmarkInput, addBenchmarkRequest } from "@/lib/contract/benchmark";
import { stanConfig } from "@/lib/contract/methods/stan/settings";
import { deleteBenchmark } from "@/server/db/benchmarks/benchmarks";
import { readPair } from "@/server/db/benchmarks/results";
import { newId } from "@/server/db/new-id";
import { setRunProgress, setRunStatus } from "@/server/db/runs/runs";
import { Adapter } from "@/server/engine/adapters/adapter";
import { FullWeights } from "@/server/engine/methods/full/full-weights";
import { startEngine } from "@/server/engine/tensor/backend";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { writeAdapter } from "@/server/files/adapters/adapter-folder";
import { fullFolder, writeFullFolder } from "@/server/files/adapters/full-folder";
import { readForAll } from "@/server/jobs/base-readings";
import { benchmark } from "@/server/jobs/benchmark";
import { LeaseLostError } from "@/server/jobs/held-work";
import type { JobAtWork, JobProgress } from "@/server/jobs/job-at-work";
import { runFolders } from "@/server/jobs/run-folders";
import { createRuntime } from "@/server/runtime/runtime";
import { addBenchmark } from "@/server/services/benchmarks/benchmarks";
import { freshDatabase } from "@/tests/support/database";
import { queueSmallRun } from "@/tests/support/small-run";
import { storedDataSet } from "@/tests/support/stored-benchmark";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const store = await freshDatabase();
const now = () => performance.now();
const runtime = createRuntime(now);
const stan = stanConfig.parse({ method: "stan", numLatents: 7, k: 2, init: "small", alpha: 40, targets: { modules: ["v_proj"] } });

beforeAll(async () => {
  await startEngine();
});

type Row = Record<string, unknown>;
const question = (at: number): Row => ({
  prompt: `What is ${at} plus ${at}?`,
  completion: ` It is ${2 * at}.`,
  options: [`${at}`, `${2 * at} it is`, "nothing at all"],
  best: at % 3,
  place: at % 2 === 0 ? "land" : "sea",
  split: at < 4 ? "train" : "validation",
});

/** A data set in a folder of the test's own. */
async function dataOf(rows: readonly Row[]) {
  const folder = temporaryFolder();
  return { folder, ...(await storedDataSet(store, folder, rows)) };
}

/** A finished run over the demonstration's model with a small random adapter. */
async function finishedRun(folder: string, seed: number): Promise<string> {
  const run = await queueSmallRun(store, folder, { adapter: stan });
  const base = await runtime.textBase("demo/model", "exact", "background");
  const adapter = Adapter.create(base.value.model.projections, stan, seed);
  const config = toAdapterConfigFile(stan, { baseModel: "demo", revision: null, fanInFanOut: false });
  writeAdapter(runFolders(folder, run).adapter, { config, tensors: adapter.tensors() });
  adapter.free();
  base.release();
  await setRunStatus(store.db, run, "finished");
  return run;
}

function taskIn(dataFolder: string, changes: Partial<JobAtWork> = {}): JobAtWork {
  return {
    context: { store, runtime, dataFolder, modelIds: new Map(), now },
    taskId: newId(),
    queuedAt: new Date(),
    signal: new AbortController().signal,
    report: () => {},
    confirm: async () => {},
    ...changes,
  };
}

type Given = { readonly dataSetId: string; readonly rows?: Partial<AddBenchmarkInput["rows"]>; readonly task?: AddBenchmarkInput["task"] };

async function made({ dataSetId, rows, task }: Given): Promise<string> {
  const mapping = { kind: "promptCompletion" as const, prompt: "prompt", completion: "completion", domain: "place", split: "split" };
  const request: AddBenchmarkInput = { name: "sums", rows: { dataSetId, mapping, ...rows }, task: task ?? { kind: "languageModel" } };
  const parsed = addBenchmarkRequest.parse(request);
  const { id } = await addBenchmark(
    { store, dataFolder: "", version: "", engineReason: undefined, folders: undefined, artefacts: {} as never },
    parsed,
  );
  onTestFinished(() => deleteBenchmark(store.db, id));
  return id;
}

const questions = Array.from({ length: 11 }, (_, at) => question(at));

async function pairOf(benchmarkId: string, runId: string) {
  const pair = await readPair(store.db, benchmarkId, runId);
  if (pair === undefined) throw new Error("no result");
  return pair;
}

describe("benchmark", () => {
  it("measures the base model once for all runs that share it, and each adapter beside it", async () => {
    const { folder, dataSetId } = await dataOf(questions);
    const [first, second] = [await finishedRun(folder, 1), await finishedRun(folder, 2)];
    const id = await made({ dataSetId });
    const messages: string[] = [];
    const units: (number | undefined)[] = [];
    const report = ({ message, done, total }: JobProgress) => {
      if (message !== undefined) messages.push(message);
      if (total !== undefined) units.push(done);
    };
    await benchmark(taskIn(folder, { report }), first, [id]);
    expect(messages).toContain("sums: the base model");
    // Seven rows are held out; each is read twice.
    expect(units.at(-1)).toBe(14);
    const one = await pairOf(id, first);
    expect([...one.adapter.labelTokens]).toEqual([...one.base.labelTokens]);
    expect(one.adapter.labelTokens.every((count) => count > 0)).toBe(true);
    expect([...one.adapter.lossSums]).not.toEqual([...one.base.lossSums]);
    messages.length = 0;
    await benchmark(taskIn(folder, { report }), second, [id]);
    expect(messages).not.toContain("sums: the base model");
    const other = await pairOf(id, second);
    expect(other.base.id).toBe(one.base.id);
    expect([...other.adapter.lossSums]).not.toEqual([...one.adapter.lossSums]);
    // Rows of another data set than the run's: nobody knows whether it was trained on them.
    expect(other.adapter.trainedRows).toBeNull();
  });

  it("reads the base model once when two runs are measured at the same time", async () => {
    const { folder, dataSetId } = await dataOf(questions);
    const [first, second] = [await finishedRun(folder, 1), await finishedRun(folder, 2)];
    const told = () => {
      const messages: string[] = [];
      const units: number[] = [];
      const report = ({ message, done }: JobProgress) => {
        if (message !== undefined) messages.push(message);
        if (done !== undefined) units.push(done);
      };
      return { messages, units, report };
    };
    const id = await made({ dataSetId });
    const [one, other] = [told(), told()];
    await Promise.all([
      benchmark(taskIn(folder, { report: one.report }), first, [id]),
      benchmark(taskIn(folder, { report: other.report }), second, [id]),
    ]);
    const readsOf = ({ messages }: typeof one) => messages.filter((message) => message === "sums: the base model").length;
    expect([readsOf(one), readsOf(other)].sort()).toEqual([0, 1]);
    // Seven rows of the base model, and seven of each adapter.
    expect([one.units.at(-1), other.units.at(-1)].sort((a = 0, b = 0) => a - b)).toEqual([7, 14]);
    expect((await pairOf(id, first)).base.id).toBe((await pairOf(id, second)).base.id);
  });

  it("waits for a base model that another job reads, its adapter read meanwhile, and reads it where that job fails", async () => {
    const { folder, dataSetId } = await dataOf(questions);
    const run = await finishedRun(folder, 1);
    const id = await made({ dataSetId });
    const before = await made({ dataSetId });
    await benchmark(taskIn(folder), run, [before]);
    const { base } = await pairOf(before, run);
    const messages: string[] = [];
    let fail = (_: Error) => {};
    const failed = new Promise<void>((_, reject) => {
      fail = reject;
    });
    const elsewhere = readForAll({ ...base, benchmarkId: id }, () => failed);
    const report = ({ message = "" }: JobProgress) => {
      messages.push(message);
      if (message.includes("waiting")) fail(new Error("no memory"));
    };
    await Promise.all([expect(elsewhere).rejects.toThrow("no memory"), benchmark(taskIn(folder, { report }), run, [id])]);
    expect(messages.filter((message) => message.startsWith("sums: "))).toEqual([
      "sums: reading rows",
      "sums: the adapter",
      "sums: waiting for the base model, which another job reads",
      "sums: the base model",
    ]);
    expect([...(await pairOf(id, run)).base.lossSums]).toEqual([...base.lossSums]);
  });

  it("measures whole weights beside the base model that other runs were measured beside", async () => {
    const { folder, dataSetId } = await dataOf(questions);
    const whole = await queueSmallRun(store, folder, { adapter: { method: "full", targets: { modules: ["v_proj"], layers: [2] } } });
    const base = await runtime.textBase("demo/model", "exact", "background");
    const full = FullWeights.create(base.value.model.projections, { modules: ["v_proj"], layers: [2] });
    const [[module, { weight }] = expect.fail("no module")] = full.tensors();
    for (let at = 0; at < weight.data.length; at += 5) weight.data[at] = 0.4;
    full.free();
    base.release();
    const config = {
      training: "full" as const,
      format_version: 1 as const,
      base_model_name_or_path: "demo",
      revision: null,
      target_modules: ["v_proj"],
      layers_to_transform: [2],
      fan_in_fan_out: false,
    };
    writeFullFolder(runFolders(folder, whole).adapter, fullFolder(config, new Map([[module, { weight }]])));
    await setRunStatus(store.db, whole, "finished");
    const beside = await finishedRun(folder, 1);
    const [losses, answers] = [
      await made({ dataSetId }),
      await made({ dataSetId, task: { kind: "completion", maxNewTokens: 3, answer: "exact" } }),
    ];
    await benchmark(taskIn(folder), beside, [losses, answers]);
    await benchmark(taskIn(folder), whole, [losses, answers]);
    const [one, other] = [await pairOf(losses, whole), await pairOf(losses, beside)];
    expect(one.base.id).toBe(other.base.id);
    expect([...one.adapter.lossSums]).not.toEqual([...one.base.lossSums]);
    expect([...one.adapter.labelTokens]).toEqual([...one.base.labelTokens]);
    expect((await pairOf(answers, whole)).adapter.answers?.every((answer) => answer !== null)).toBe(true);
  });

  it("gives the same items when a run is measured anew, which happens once its adapter has been trained on", async () => {
    const { folder, dataSetId } = await dataOf(questions);
    const run = await finishedRun(folder, 1);
    const task = { kind: "completion" as const, maxNewTokens: 5, answer: "exact" as const };
    const id = await made({ dataSetId, task });
    await benchmark(taskIn(folder), run, [id]);
    const before = await pairOf(id, run);
    await benchmark(taskIn(folder), run, [id]);
    expect((await pairOf(id, run)).adapter.id).toBe(before.adapter.id);
    await setRunProgress(store.db, run, { step: 9, secondsLeft: null });
    await benchmark(taskIn(folder), run, [id]);
    const after = await pairOf(id, run);
    expect(after.adapter).toEqual({ ...before.adapter, id: after.adapter.id, step: 9, createdAt: after.adapter.createdAt });
    expect(after.adapter.id).not.toBe(before.adapter.id);
    expect(after.adapter.answers?.every((answer) => answer !== null)).toBe(true);
  });

  it("is written completely or not at all when its worker loses the job, and continues from the base model's result", async () => {
    const { folder, dataSetId } = await dataOf(questions);
    const run = await finishedRun(folder, 1);
    const id = await made({ dataSetId });
    let confirmed = 0;
    const confirm = async () => {
      confirmed += 1;
      if (confirmed === 2) throw new LeaseLostError("another worker has it");
    };
    await expect(benchmark(taskIn(folder, { confirm }), run, [id, "gone"])).rejects.toThrow(LeaseLostError);
    expect(await readPair(store.db, id, run)).toBeUndefined();
    const messages: (string | undefined)[] = [];
    await benchmark(taskIn(folder, { report: ({ message }) => messages.push(message) }), run, [id]);
    expect(messages).not.toContain("sums: the base model");
    expect((await pairOf(id, run)).adapter.lossSums.length).toBe(7);
  });

  it("stops between two passes when it is cancelled", async () => {
    const { folder, dataSetId } = await dataOf(questions);
    const run = await finishedRun(folder, 1);
    const id = await made({ dataSetId, task: { kind: "completion", maxNewTokens: 64 } });
    const stop = new AbortController();
    const report = ({ done }: JobProgress) => {
      if (done !== undefined && done > 0) stop.abort(new Error("cancelled"));
    };
    await expect(benchmark(taskIn(folder, { report, signal: stop.signal }), run, [id])).rejects.toThrow("cancelled");
    expect(await readPair(store.db, id, run)).toBeUndefined();
  });

  it("measures the others when one of several cannot be, and says which", async () => {
    const { folder, dataSetId } = await dataOf(questions);
    const run = await finishedRun(folder, 1);
    const [long, short] = [await made({ dataSetId, rows: { maxTokens: 3 } }), await made({ dataSetId })];
    await expect(benchmark(taskIn(folder), run, [long, short])).rejects.toThrow(
      "sums: all 7 rows are excluded: 7 have more than 3 tokens. Make a benchmark of shorter rows, or with more tokens a row",
    );
    expect((await pairOf(short, run)).adapter.lossSums.length).toBe(7);
  });

  it("refuses rows that have changed since, whatever else in the data set has", async () => {
    const { folder, write, dataSetId } = await dataOf(questions);
    const run = await finishedRun(folder, 1);
    const id = await made({ dataSetId });
    write(questions.map((row, at) => (at === 8 ? { ...row, completion: " It is 17." } : row)));
    await expect(benchmark(taskIn(folder), run, [id])).rejects.toThrow("has changed since the benchmark was made");
    write(questions.map((row, at) => (at < 4 ? { ...row, prompt: "Another?" } : { ...row, options: [] })));
    await benchmark(taskIn(folder), run, [id]);
    await pairOf(id, run);
  });

  it("answers a question with one of its choices, right where that is the answer of the row", async () => {
    const { folder, dataSetId } = await dataOf(questions);
    const run = await finishedRun(folder, 1);
    const mapping = { kind: "text" as const, text: "prompt" };
    const part = { kind: "all" as const };
    const id = await made({ dataSetId, rows: { mapping, part }, task: { kind: "choice", choices: "options", answer: "best" } });
    await benchmark(taskIn(folder), run, [id]);
    const { adapter, base } = await pairOf(id, run);
    const texts = questions.map((row) => row["options"] as string[]);
    for (const { answers, right, rightPerByte } of [adapter, base]) {
      answers?.forEach((answer, row) => {
        expect(texts[row]).toContain(answer);
        expect(right?.[row]).toBe(answer === texts[row]?.[row % 3] ? 1 : 0);
      });
      expect(rightPerByte?.length).toBe(11);
    }
  });
});
