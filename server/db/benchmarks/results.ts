import { and, eq, isNotNull, isNull } from "drizzle-orm";
import type { FrozenForm } from "@/lib/contract/frozen-form";
import { answerNumbers, benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import type { Database } from "@/server/db/client";
import { newId } from "@/server/db/new-id";
import { storable } from "@/server/db/storable";
import { benchmarkResults, benchmarks } from "@/server/db/tables/benchmark-tables";
import { packNumbers, unpackFloats, unpackInts } from "./pack-numbers";

/** Which model was measured: a base model as its runs compute it, or, with a run, its adapter beside it. */
export type MeasuredModel = { readonly benchmarkId: string; readonly modelId: string; readonly frozenDtype: FrozenForm };

/** A value a row of the benchmark. */
export type ResultColumns = {
  /** Nats, of a number its squared error; 0 where the row is left out. */
  readonly lossSums: Float64Array;
  /** 0 where the row is left out; 1 of a row that is answered with a class or a number. */
  readonly labelTokens: Int32Array;
  /** 1 where right; null where nothing is answered. */
  readonly right: Uint8Array | null;
  readonly rightPerByte: Uint8Array | null;
  readonly answers: readonly (string | null)[] | null;
};

export type StoredResult = ResultColumns &
  MeasuredModel & {
    /** Predictions and labels, as class indices or as numbers; null where the task has neither. */
    readonly predictions: Float64Array | null;
    readonly targets: Float64Array | null;
    readonly id: string;
    /** Null for a base model. */
    readonly runId: string | null;
    readonly step: number;
    readonly trainedRows: number | null;
    readonly createdAt: Date;
  };

/** Of a run's adapter at a step. */
export type MeasuredRun = { readonly runId: string; readonly step: number; readonly trainedRows: number | null };

/**
 * Writes a result down whole; one of the same run, of an earlier step, goes. A base model's stays as it is where another worker was first.
 *
 * @param run null for the base model alone
 * @returns false when the benchmark was removed meanwhile
 */
export async function insertResult(db: Database, model: MeasuredModel, run: MeasuredRun | null, columns: ResultColumns): Promise<boolean> {
  const { lossSums, labelTokens, right, rightPerByte, answers } = columns;
  const row = {
    ...model,
    id: newId(),
    step: 0,
    ...run,
    lossSums: packNumbers(lossSums),
    labelTokens: packNumbers(labelTokens),
    right: right && packNumbers(right),
    rightPerByte: rightPerByte && packNumbers(rightPerByte),
    answers: answers && storable([...answers]),
  };
  return db.transaction(async (transaction) => {
    const found = await transaction
      .select({ id: benchmarks.id })
      .from(benchmarks)
      .where(eq(benchmarks.id, model.benchmarkId))
      .for("key share");
    if (found.length === 0) return false;
    if (run !== null) {
      await transaction
        .delete(benchmarkResults)
        .where(and(eq(benchmarkResults.benchmarkId, model.benchmarkId), eq(benchmarkResults.runId, run.runId)));
    }
    await transaction.insert(benchmarkResults).values(row).onConflictDoNothing();
    return true;
  });
}

/** Whether a base model was measured already. */
export async function hasBaseResult(db: Database, model: MeasuredModel): Promise<boolean> {
  return (await db.select({ id: benchmarkResults.id }).from(benchmarkResults).where(isBaseOf(model)).limit(1)).length > 0;
}

/** A run's result without its items. */
export type ResultHead = { readonly id: string; readonly benchmarkId: string; readonly runId: string; readonly step: number };

/** Results of runs, of one run or on one benchmark, in the order that they were measured. */
export async function listResultHeads(
  db: Database,
  of: { readonly runId: string } | { readonly benchmarkId: string },
): Promise<ResultHead[]> {
  const { id, benchmarkId, runId, step } = benchmarkResults;
  const rows = await db
    .select({ id, benchmarkId, runId, step })
    .from(benchmarkResults)
    .where("runId" in of ? eq(runId, of.runId) : and(eq(benchmarkId, of.benchmarkId), isNotNull(runId)))
    .orderBy(benchmarkResults.createdAt, id);
  return rows.flatMap((row) => (row.runId === null ? [] : [{ ...row, runId: row.runId }]));
}

/** A run's result, and that of its base model beside it. */
export type ResultPair = { readonly adapter: StoredResult; readonly base: StoredResult };

/** A run's result on a benchmark, item by item. */
export async function readPair(db: Database, benchmarkId: string, runId: string): Promise<ResultPair | undefined> {
  const [adapter] = await db
    .select()
    .from(benchmarkResults)
    .where(and(eq(benchmarkResults.benchmarkId, benchmarkId), eq(benchmarkResults.runId, runId)));
  if (adapter === undefined) return undefined;
  // The base is written first, and goes with the benchmark alone.
  const [base] = await db.select().from(benchmarkResults).where(isBaseOf(adapter));
  const numbers = await readNumbers(db, benchmarkId);
  return base && { adapter: toResult(adapter, numbers), base: toResult(base, numbers) };
}

type AnswerNumbers = { readonly targets: Float64Array | null; predictionsOf(answers: readonly (string | null)[]): Float64Array | null };

/** How a benchmark of classes or numbers counts answers; undefined of others. */
async function readNumbers(db: Database, benchmarkId: string): Promise<AnswerNumbers | undefined> {
  const isIt = eq(benchmarks.id, benchmarkId);
  const [asked] = await db.select({ task: benchmarks.task }).from(benchmarks).where(isIt);
  if (asked === undefined || !benchmarkTasks[asked.task.kind].isLabelled) return undefined;
  // Of other benchmarks these may be long texts, which are not read for a score.
  const [known] = await db.select({ references: benchmarks.references }).from(benchmarks).where(isIt);
  const numbersOf = (answers: readonly (string | null)[]) => answerNumbers(asked.task, answers);
  return { targets: numbersOf(known?.references ?? []), predictionsOf: numbersOf };
}

function isBaseOf({ benchmarkId, modelId, frozenDtype }: MeasuredModel) {
  return and(
    eq(benchmarkResults.benchmarkId, benchmarkId),
    eq(benchmarkResults.modelId, modelId),
    eq(benchmarkResults.frozenDtype, frozenDtype),
    isNull(benchmarkResults.runId),
  );
}

function toResult(row: typeof benchmarkResults.$inferSelect, numbers: AnswerNumbers | undefined): StoredResult {
  return {
    ...row,
    lossSums: unpackFloats(row.lossSums),
    labelTokens: unpackInts(row.labelTokens),
    right: row.right && Uint8Array.from(row.right),
    rightPerByte: row.rightPerByte && Uint8Array.from(row.rightPerByte),
    predictions: numbers && row.answers ? numbers.predictionsOf(row.answers) : null,
    targets: numbers?.targets ?? null,
  };
}
