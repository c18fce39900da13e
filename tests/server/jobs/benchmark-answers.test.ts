import { beforeAll, describe, expect, it } from "vitest";
import { type AddBenchmarkInput, addBenchmarkRequest } from "@/lib/contract/benchmark";
import { readPair } from "@/server/db/benchmarks/results";
import { newId } from "@/server/db/new-id";
import { startEngine } from "@/server/engine/tensor/backend";
import { benchmark } from "@/server/jobs/benchmark";
import type { JobAtWork, JobProgress } from "@/server/jobs/job-at-work";
import { createRuntime } from "@/server/runtime/runtime";
import { addBenchmark } from "@/server/services/benchmarks/benchmarks";
import { freshDatabase } from "@/tests/support/database";
import { finishedEncoderRun } from "@/tests/support/encoder-run";
import { modelsFolder, references } from "@/tests/support/fixtures";
import { storedDataSet } from "@/tests/support/stored-benchmark";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const store = await freshDatabase();
const now = () => performance.now();
const runtime = createRuntime(now);

beforeAll(async () => {
  await startEngine();
});

const moods = ["sad", "glad", "bored"];
const rows = Array.from({ length: 13 }, (_, row) => ({
  text: `${moods[row % 3]} for the ${row}th time`,
  mood: moods[row % 3],
  score: row / 4 - 1,
  place: row < 5 ? "land" : "sea",
}));
const mapping = { kind: "labelled" as const, text: "text", label: "mood", domain: "place" };

async function dataFolderWithRows() {
  const dataFolder = temporaryFolder();
  return { dataFolder, ...(await storedDataSet(store, dataFolder, rows)) };
}

async function made(input: Partial<AddBenchmarkInput> & { readonly rows: AddBenchmarkInput["rows"] }): Promise<string> {
  const request = addBenchmarkRequest.parse({ name: "moods", task: { kind: "classification" }, ...input });
  const context = { store, dataFolder: "", version: "", engineReason: undefined, folders: undefined, artefacts: {} as never };
  return (await addBenchmark(context, request)).id;
}

function taskIn(dataFolder: string, report: (progress: JobProgress) => void = () => {}): JobAtWork {
  const context = { store, runtime, dataFolder, modelIds: new Map(), now };
  return { context, taskId: newId(), queuedAt: new Date(), signal: new AbortController().signal, report, confirm: async () => {} };
}

async function pairOf(benchmarkId: string, runId: string) {
  const pair = await readPair(store.db, benchmarkId, runId);
  if (pair === undefined) throw new Error("no result");
  return pair;
}

const all = { kind: "all" as const };

describe.runIf(modelsFolder)("a benchmark of answers", references, () => {
  it("has the class, the loss and right or wrong of each row, whatever order a run's head has its classes in", async () => {
    const { dataFolder, dataSetId } = await dataFolderWithRows();
    const labels = ["bored", "angry", "glad", "sad"];
    const run = await finishedEncoderRun({ store, runtime, dataFolder }, { task: { kind: "classification", labels }, seed: 1 });
    const id = await made({ rows: { dataSetId, mapping, part: all } });
    const progress: JobProgress[] = [];
    await benchmark(
      taskIn(dataFolder, (one) => progress.push(one)),
      run,
      [id],
    );
    expect(progress.map(({ message }) => message)).toContain("moods: the majority-class baseline");
    expect(progress.at(-1)).toMatchObject({ done: 13, total: 13 });
    const { adapter, base } = await pairOf(id, run);
    // Classes of the benchmark by their letters: bored, glad, sad.
    expect([...(adapter.targets ?? [])]).toEqual(rows.map(({ mood }) => ["bored", "glad", "sad"].indexOf(mood ?? "")));
    adapter.answers?.forEach((answer, row) => {
      expect(labels).toContain(answer);
      expect(adapter.right?.[row]).toBe(answer === rows[row]?.mood ? 1 : 0);
      expect(adapter.predictions?.[row]).toBe(answer === "angry" ? 3 : ["bored", "glad", "sad"].indexOf(answer ?? ""));
      // Of four classes the most probable one has at least a quarter.
      const probability = Math.exp(-(adapter.lossSums[row] ?? 0));
      if (adapter.right?.[row] === 1) expect(probability).toBeGreaterThan(0.25);
      else expect(probability).toBeLessThan(0.5);
    });
    expect([...adapter.labelTokens]).toEqual(new Array(13).fill(1));
    expect(base.answers).toEqual(new Array(13).fill("sad"));
    expect([...(base.right ?? [])]).toEqual(rows.map(({ mood }) => (mood === "sad" ? 1 : 0)));
    for (const [row, loss] of base.lossSums.entries()) expect(Math.exp(-loss)).toBeCloseTo((row % 3 === 0 ? 5 : 4) / 13, 12);
  });

  it("has the number and its squared error of each row, beside the mean of the rows", async () => {
    const { dataFolder, dataSetId } = await dataFolderWithRows();
    const run = await finishedEncoderRun({ store, runtime, dataFolder }, { task: { kind: "regression" }, seed: 2 });
    const id = await made({ task: { kind: "regression" }, rows: { dataSetId, mapping: { ...mapping, label: "score" }, part: all } });
    await benchmark(taskIn(dataFolder), run, [id]);
    const { adapter, base } = await pairOf(id, run);
    expect(adapter.right).toBeNull();
    expect([...(adapter.targets ?? [])]).toEqual(rows.map(({ score }) => score));
    expect(new Set(adapter.predictions ?? []).size).toBeGreaterThan(5);
    rows.forEach(({ score }, row) => {
      expect(adapter.lossSums[row]).toBeCloseTo(((adapter.predictions?.[row] ?? Number.NaN) - score) ** 2, 5);
      expect(base.lossSums[row]).toBeCloseTo((score - 0.5) ** 2, 12);
    });
    expect(base.answers).toEqual(new Array(13).fill("0.5"));
  });

  it("shares the constant prediction among the runs of a base model, and pairs their rows", async () => {
    const { dataFolder, dataSetId } = await dataFolderWithRows();
    const encoders = { store, runtime, dataFolder };
    const first = await finishedEncoderRun(encoders, { task: { kind: "classification", labels: moods }, seed: 3 });
    const second = await finishedEncoderRun(encoders, { task: { kind: "classification", labels: moods.toReversed() }, seed: 3 });
    const id = await made({ rows: { dataSetId, mapping, part: all } });
    await benchmark(taskIn(dataFolder), first, [id]);
    await benchmark(taskIn(dataFolder), second, [id]);
    const [one, other] = [await pairOf(id, first), await pairOf(id, second)];
    expect(other.base.id).toBe(one.base.id);
    expect([...(other.adapter.targets ?? [])]).toEqual([...(one.adapter.targets ?? [])]);
    // The same head under names in the other order: what it says of the middle one is the same, and of the others exchanged.
    rows.forEach(({ mood }, row) => {
      const isSame = one.adapter.lossSums[row] === other.adapter.lossSums[row];
      expect(isSame).toBe(mood === "glad");
      expect(other.adapter.predictions?.[row]).toBe([2, 1, 0][["bored", "glad", "sad"].indexOf(one.adapter.answers?.[row] ?? "")]);
    });
  });

  it("is refused by name where a run does not know its classes, or cannot be asked it", async () => {
    const { dataFolder, dataSetId } = await dataFolderWithRows();
    const encoders = { store, runtime, dataFolder };
    const two = await finishedEncoderRun(encoders, { task: { kind: "classification", labels: ["sad", "glad"] }, seed: 4 });
    const number = await finishedEncoderRun(encoders, { task: { kind: "regression" }, seed: 5 });
    const id = await made({ rows: { dataSetId, mapping, part: all } });
    const loss = await made({
      name: "loss",
      task: { kind: "languageModel" },
      rows: { dataSetId, mapping: { kind: "text", text: "text" }, part: all },
    });
    await expect(benchmark(taskIn(dataFolder), two, [id])).rejects.toThrow(
      "moods has the class bored, which encoder 4 cannot predict; its classes are sad, glad.",
    );
    await expect(benchmark(taskIn(dataFolder), number, [id])).rejects.toThrow(
      "encoder 5 gives numbers, and moods asks for a class of each row",
    );
    await expect(benchmark(taskIn(dataFolder), two, [loss])).rejects.toThrow(
      "encoder 4 is a run of an encoder, which does not generate text",
    );
    expect(await readPair(store.db, id, two)).toBeUndefined();
  });
});
