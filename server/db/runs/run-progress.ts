import { and, asc, desc, eq, getTableColumns, gt, gte, lt, lte, sql } from "drizzle-orm";
import type { EvaluationMetrics, HealthMetrics, RunLogLine, StepMetrics } from "@/lib/contract/run";
import { type Database, onlyRow } from "@/server/db/client";
import { notify } from "@/server/db/events";
import { runEvaluations, runHealth, runLog, runMetrics, runs } from "@/server/db/tables/run-tables";
import { type KeptRow, packRows } from "./evaluation-rows";

/** Rows a statement takes: PostgreSQL allows 65,535 parameters. */
const rowsAStatement = 2000;

/** Adds steps' metrics; a step that is there already is written over, so that a resumed run never holds a step twice. */
export async function appendMetrics(db: Database, runId: string, metrics: readonly StepMetrics[]): Promise<void> {
  const first = metrics[0];
  const last = metrics.at(-1);
  if (first === undefined || last === undefined) return;
  await db.transaction(async (transaction) => {
    for (let from = 0; from < metrics.length; from += rowsAStatement) {
      await transaction
        .insert(runMetrics)
        .values(metrics.slice(from, from + rowsAStatement).map((step) => ({ runId, ...step })))
        .onConflictDoUpdate({
          target: [runMetrics.runId, runMetrics.step],
          set: excluded("loss", "grad_norm", "learning_rate", "tokens", "label_tokens", "seconds"),
        });
    }
    await notify(transaction, { kind: "metrics", runId, from: first.step, to: last.step });
  });
}

/** The newest optimizer step; null before the first. */
export async function readNewestStep(db: Database, runId: string): Promise<StepMetrics | null> {
  const { runId: _, ...columns } = getTableColumns(runMetrics);
  const [newest] = await db.select(columns).from(runMetrics).where(eq(runMetrics.runId, runId)).orderBy(desc(runMetrics.step)).limit(1);
  return newest ?? null;
}

/** @param rows what is kept of each evaluated row with the adapter; none where these are not known */
export async function appendEvaluation(
  db: Database,
  runId: string,
  evaluation: EvaluationMetrics,
  rows: readonly KeptRow[] = [],
): Promise<void> {
  await db.transaction(async (transaction) => {
    await transaction
      .insert(runEvaluations)
      .values({ runId, ...evaluation, ...packRows(rows) })
      .onConflictDoUpdate({
        target: [runEvaluations.runId, runEvaluations.step],
        set: excluded(
          "loss",
          "base_loss",
          "rows",
          "label_tokens",
          "difference",
          "difference_half_width",
          "by_domain",
          "answers",
          "row_loss_sums",
          "row_label_tokens",
          "row_predictions",
          "row_targets",
        ),
      });
    await transaction.update(runs).set({ latestEvaluation: evaluation }).where(eq(runs.id, runId));
    await notify(transaction, { kind: "evaluation", runId, step: evaluation.step });
    await notify(transaction, { kind: "run", runId });
  });
}

export async function appendHealth(db: Database, runId: string, health: HealthMetrics): Promise<void> {
  await db.transaction(async (transaction) => {
    await transaction
      .insert(runHealth)
      .values({ runId, ...health })
      .onConflictDoUpdate({
        target: [runHealth.runId, runHealth.step],
        set: excluded("window_tokens", "num_latents", "alive", "births", "deaths", "density_histogram"),
      });
    await notify(transaction, { kind: "health", runId, step: health.step });
  });
}

export async function appendLog(db: Database, runId: string, line: Omit<RunLogLine, "at" | "id">): Promise<void> {
  await db.transaction(async (transaction) => {
    const { id } = onlyRow(
      await transaction
        .insert(runLog)
        .values({ runId, ...line })
        .returning({ id: runLog.id }),
    );
    await notify(transaction, { kind: "log", runId, id });
  });
}

/** Deletes what was measured after a step; a run that resumes there measures it again. The log is kept. */
export async function dropProgressAfter(db: Database, runId: string, step: number): Promise<void> {
  await db.transaction(async (transaction) => {
    await transaction.delete(runMetrics).where(and(eq(runMetrics.runId, runId), gt(runMetrics.step, step)));
    await transaction.delete(runEvaluations).where(and(eq(runEvaluations.runId, runId), gt(runEvaluations.step, step)));
    await transaction.delete(runHealth).where(and(eq(runHealth.runId, runId), gt(runHealth.step, step)));
    const evaluations = await readEvaluations(transaction, runId);
    await transaction
      .update(runs)
      .set({ step, latestEvaluation: evaluations.at(-1) ?? null })
      .where(eq(runs.id, runId));
    await notify(transaction, { kind: "run", runId });
  });
}

/** Metrics of the steps `from`…`to`, both inclusive, in order. */
export async function readMetrics(db: Database, runId: string, from = 0, to = 2 ** 31 - 1): Promise<StepMetrics[]> {
  return db
    .select({
      step: runMetrics.step,
      loss: runMetrics.loss,
      gradNorm: runMetrics.gradNorm,
      learningRate: runMetrics.learningRate,
      tokens: runMetrics.tokens,
      labelTokens: runMetrics.labelTokens,
      seconds: runMetrics.seconds,
    })
    .from(runMetrics)
    .where(and(eq(runMetrics.runId, runId), gte(runMetrics.step, from), lte(runMetrics.step, to)))
    .orderBy(asc(runMetrics.step));
}

export async function readEvaluations(db: Database, runId: string, step?: number): Promise<EvaluationMetrics[]> {
  const {
    runId: _,
    rowLossSums: _sums,
    rowLabelTokens: _tokens,
    rowPredictions: _predictions,
    rowTargets: _targets,
    ...columns
  } = getTableColumns(runEvaluations);
  const rows = await db
    .select(columns)
    .from(runEvaluations)
    .where(and(eq(runEvaluations.runId, runId), step === undefined ? undefined : eq(runEvaluations.step, step)))
    .orderBy(asc(runEvaluations.step));
  return rows.map(({ answers, ...evaluation }) => (answers === null ? evaluation : { ...evaluation, answers }));
}

export async function readHealth(db: Database, runId: string, step?: number): Promise<HealthMetrics[]> {
  const rows = await db
    .select()
    .from(runHealth)
    .where(and(eq(runHealth.runId, runId), step === undefined ? undefined : eq(runHealth.step, step)))
    .orderBy(asc(runHealth.step));
  return rows.map(({ runId: _, ...health }) => health);
}

/** The newest lines, at most `most`, of those before the line `before`; oldest first. */
export async function readLog(db: Database, runId: string, { before, most }: { before?: number; most: number }): Promise<RunLogLine[]> {
  const rows = await db
    .select()
    .from(runLog)
    .where(and(eq(runLog.runId, runId), before === undefined ? undefined : lt(runLog.id, before)))
    .orderBy(desc(runLog.id))
    .limit(most);
  return rows.toReversed().map(logLine);
}

export async function readLogLine(db: Database, id: number): Promise<RunLogLine | undefined> {
  const [row] = await db.select().from(runLog).where(eq(runLog.id, id));
  return row && logLine(row);
}

function logLine({ id, at, step, level, message }: typeof runLog.$inferSelect): RunLogLine {
  return { id, at: at.toISOString(), step, level, message };
}

/** For an upsert: each column takes the value that the insert brought. */
function excluded(...columns: string[]) {
  return Object.fromEntries(columns.map((column) => [toCamelCase(column), sql.raw(`excluded."${column}"`)]));
}

function toCamelCase(column: string): string {
  return column.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
