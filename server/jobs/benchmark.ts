import type { BenchmarkSummary } from "@/lib/contract/benchmark";
import { readBenchmark, readBenchmarkItems } from "@/server/db/benchmarks/benchmarks";
import { hasBaseResult, insertResult, listResultHeads, type MeasuredModel, type MeasuredRun } from "@/server/db/benchmarks/results";
import { readDataSet } from "@/server/db/library/data-sets";
import { retryWhileDown } from "@/server/db/retry-while-down";
import type { BenchmarkContext } from "@/server/engine/benchmarks/benchmark-context";
import type { BenchmarkMaterial } from "@/server/engine/benchmarks/benchmark-material";
import { measureItems, unitsOf } from "@/server/engine/benchmarks/measure-items";
import { readSelectedRows } from "@/server/files/data/benchmark-rows";
import { openDataSet } from "@/server/files/data/data-set";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { readBenchmarkMaterial } from "@/server/runtime/rows/benchmark-material";
import { takeTurns } from "@/server/runtime/take-turns";
import { countTrainedRows } from "./count-trained-rows";
import { LeaseLostError } from "./held-work";
import { type OpenRun, openRun } from "./open-run";
import type { TaskRun } from "./task-run";

/** A benchmark with its rows as the run's model reads them. */
type OpenBenchmark = { readonly benchmark: BenchmarkSummary; readonly numbers: Int32Array; readonly material: BenchmarkMaterial };

/**
 * Measures a run on benchmarks, one after the other: each base model once, for all its runs, then the adapter. A result is written whole or not
 * at all, and one that is there stays, so that a task whose worker died goes on where no result is. A benchmark that fails does not stop
 * the others.
 *
 * @throws Error saying what is missing, of every benchmark that failed
 */
export async function benchmark(task: TaskRun, runId: string, benchmarkIds: readonly string[]): Promise<void> {
  const { context, report, signal } = task;
  report({ message: "Loading the adapter", unit: "rows", done: 0 });
  const open = await openRun(context, runId);
  const failures: string[] = [];
  try {
    const heads = await retryWhileDown(() => listResultHeads(context.store.db, { runId }));
    const isThere = (id: string) => heads.some(({ benchmarkId, step }) => benchmarkId === id && step === open.run.step);
    for (const id of benchmarkIds.filter((one) => !isThere(one))) {
      try {
        await measure(task, open, id);
      } catch (error) {
        if (signal.aborted || error instanceof LeaseLostError || benchmarkIds.length === 1) throw error;
        failures.push(`${await nameOf(task, id)}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    open.close();
  }
  if (failures.length > 0) throw new Error(failures.join("\n"));
}

async function nameOf({ context }: TaskRun, benchmarkId: string): Promise<string> {
  return (await retryWhileDown(() => readBenchmark(context.store.db, benchmarkId)))?.name ?? "a benchmark that was removed";
}

async function measure(task: TaskRun, open: OpenRun, benchmarkId: string): Promise<void> {
  const { context, report, signal } = task;
  const { db } = context.store;
  const { benchmark, numbers, material } = await openBenchmark(task, open, benchmarkId);
  const { run, config } = open;
  const model: MeasuredModel = { benchmarkId, modelId: config.model, frozenDtype: config.frozenDtype };
  const isBaseKnown = await retryWhileDown(() => hasBaseResult(db, model));
  const total = unitsOf(material) * (isBaseKnown ? 1 : 2);
  let done = 0;
  const read = async (arm: BenchmarkContext["arm"]) => {
    report({ message: `${benchmark.name}: ${arm === "on" ? "the adapter" : "the base model"}`, done, total });
    const work = measureItems(engineOf(open, arm), material);
    return takeTurns(work, { turns: context.runtime.turns, kind: "background", signal }, (units) => {
      done += units;
      report({ done, total });
    });
  };
  const write = async (measured: MeasuredRun | null, { answers, ...losses }: Awaited<ReturnType<typeof read>>) => {
    await task.confirm();
    const columns = {
      ...losses,
      right: answers?.right ?? null,
      rightPerByte: answers?.rightPerByte ?? null,
      answers: answers?.texts ?? null,
    };
    if (!(await retryWhileDown(() => insertResult(db, model, measured, columns))))
      throw new Error(`the benchmark ${benchmark.name} was removed`);
  };
  if (!isBaseKnown) await write(null, await read("off"));
  const items = await read("on");
  const present = numbers.filter((_, place) => items.labelTokens[place] !== 0);
  const trainedRows = await countTrainedRows(context, open, benchmark, present);
  await write({ runId: run.id, step: run.step, trainedRows }, items);
  report({ message: benchmark.name, done: total, total });
}

/** @throws Error when it was removed, its data is gone or has changed, or no row is left that the model could read */
async function openBenchmark({ context, report, signal }: TaskRun, { base }: OpenRun, benchmarkId: string): Promise<OpenBenchmark> {
  const { db } = context.store;
  const benchmark = await retryWhileDown(() => readBenchmark(db, benchmarkId));
  const items = await retryWhileDown(() => readBenchmarkItems(db, benchmarkId));
  if (benchmark === undefined || items === undefined) throw new Error("the benchmark was removed");
  report({ message: `${benchmark.name}: reading rows` });
  const { rows: shape, task } = benchmark;
  const dataSet = await retryWhileDown(() => readDataSet(db, shape.dataSetId));
  if (dataSet === undefined) throw new Error(`the data set ${benchmark.dataName} is no longer there; add it again`);
  const rows = await readSelectedRows(openDataSet(dataSet.path), items.numbers, benchmark);
  const tokenizer = demandTokenizer(base.tokenizer, base.path);
  const { contextLength } = base.model.config;
  const reading = { rows, numbers: items.numbers, shape, task };
  return { benchmark, numbers: items.numbers, material: await readBenchmarkMaterial(reading, { tokenizer, contextLength }, signal) };
}

function engineOf({ base, adapter }: OpenRun, arm: BenchmarkContext["arm"]): BenchmarkContext {
  const tokenizer = demandTokenizer(base.tokenizer, base.path);
  return {
    model: base.model,
    adapter,
    arm,
    isSpecial: tokenizer.isSpecial,
    decode: (ids) => tokenizer.decode(ids, { skipSpecialTokens: true }),
    endIds: tokenizer.eosIds,
  };
}
