import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { readBenchmark } from "@/server/db/benchmarks/benchmarks";
import { hasBaseResult, insertResult, listResultHeads, type MeasuredModel, type MeasuredRun } from "@/server/db/benchmarks/results";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { takeTurns } from "@/server/runtime/take-turns";
import { isBeingRead, readForAll, untilRead } from "./base-readings";
import { openBenchmark } from "./benchmark-readings";
import { countTrainedRows } from "./count-trained-rows";
import { LeaseLostError } from "./held-work";
import type { JobAtWork } from "./job-at-work";
import { type OpenTrained, openTrained } from "./open-run";

/**
 * Measures a run on benchmarks, one after the other: what it stands against once, for all runs of its base model, then the adapter. A result is written whole or not
 * at all, and one that is there stays, so that a job whose worker died continues where there is no result yet. A benchmark that fails does not stop
 * the others.
 *
 * @throws Error saying what is missing, of every benchmark that failed
 */
export async function benchmark(job: JobAtWork, runId: string, benchmarkIds: readonly string[]): Promise<void> {
  const { context, report, signal } = job;
  report({ message: "Loading the adapter", unit: "rows", done: 0 });
  const open = await openTrained(context, runId);
  const failures: string[] = [];
  try {
    const heads = await retryWhileDown(() => listResultHeads(context.store.db, { runId }));
    const isThere = (id: string) => heads.some(({ benchmarkId, step }) => benchmarkId === id && step === open.run.step);
    for (const id of benchmarkIds.filter((one) => !isThere(one))) {
      try {
        await measure(job, open, id);
      } catch (error) {
        if (signal.aborted || error instanceof LeaseLostError || benchmarkIds.length === 1) throw error;
        failures.push(`${await nameOf(job, id)}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    open.close();
  }
  if (failures.length > 0) throw new Error(failures.join("\n"));
}

async function nameOf({ context }: JobAtWork, benchmarkId: string): Promise<string> {
  return (await retryWhileDown(() => readBenchmark(context.store.db, benchmarkId)))?.name ?? "a benchmark that was removed";
}

async function measure(job: JobAtWork, open: OpenTrained, benchmarkId: string): Promise<void> {
  const { context, report, signal } = job;
  const { db } = context.store;
  const { benchmark, numbers, units, work } = await openBenchmark(job, open, benchmarkId);
  const { run, config } = open;
  const model: MeasuredModel = { benchmarkId, modelId: config.model, frozenDtype: config.frozenDtype };
  const isBaseKnown = () => retryWhileDown(() => hasBaseResult(db, model));
  const isMissing = !(await isBaseKnown());
  // Two runs of a comparison are measured side by side: the second reads its adapter while the first reads what both stand against.
  const isLeftToOther = isMissing && isBeingRead(model);
  let total = units.on + (isMissing && !isLeftToOther ? units.off : 0);
  const armNames = { on: "the adapter", off: benchmarkTasks[benchmark.task.kind].reference.name };
  let done = 0;
  const read = async (arm: keyof typeof armNames) => {
    report({ message: `${benchmark.name}: ${armNames[arm]}`, done, total });
    return takeTurns(work(arm), { turns: context.runtime.turns, kind: "background", signal }, (more) => {
      done += more;
      report({ done, total });
    });
  };
  const write = async (measured: MeasuredRun | null, { answers, ...losses }: Awaited<ReturnType<typeof read>>) => {
    await job.confirm();
    const columns = {
      ...losses,
      right: answers?.right ?? null,
      rightPerByte: answers?.rightPerByte ?? null,
      answers: answers?.texts ?? null,
    };
    if (!(await retryWhileDown(() => insertResult(db, model, measured, columns))))
      throw new Error(`the benchmark ${benchmark.name} was removed`);
  };
  const readBase = () =>
    readForAll(model, async () => {
      // Another job may have stored it between the look at the database and the claim.
      if (await isBaseKnown()) total -= units.off;
      else await write(null, await read("off"));
    });
  if (isMissing && !isLeftToOther) await readBase();
  const items = await read("on");
  while (isLeftToOther && !(await isBaseKnown())) {
    if (isBeingRead(model)) {
      report({ message: `${benchmark.name}: waiting for ${armNames.off}, which another job reads` });
      await untilRead(model, signal);
    } else {
      total += units.off;
      await readBase();
    }
  }
  const present = numbers.filter((_, place) => items.labelTokens[place] !== 0);
  const trainedRows = await countTrainedRows(context, open, benchmark, present);
  await write({ runId: run.id, step: run.step, trainedRows }, items);
  report({ message: benchmark.name, done: total, total });
}
