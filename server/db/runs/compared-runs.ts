import { and, asc, eq, inArray } from "drizzle-orm";
import type { EvaluationMetrics } from "@/lib/contract/run";
import type { Database } from "@/server/db/client";
import { runEvaluations, runMetrics, runs } from "@/server/db/tables/run-tables";
import type { RunRow } from "./runs";

/** Runs by id; those that are gone are not in it. */
export async function readRuns(db: Database, ids: readonly string[]): Promise<Map<string, RunRow>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select()
    .from(runs)
    .where(inArray(runs.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row]));
}

/** An evaluation with what training had taken until its step; null where it was not logged. */
export type PlacedEvaluation = Pick<EvaluationMetrics, "step" | "loss" | "baseLoss"> & { tokens: number | null; seconds: number | null };

/** The evaluations of runs in the order of their steps, in one query. */
export async function readPlacedEvaluations(db: Database, ids: readonly string[]): Promise<Map<string, PlacedEvaluation[]>> {
  const byRun = new Map<string, PlacedEvaluation[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return byRun;
  const rows = await db
    .select({
      runId: runEvaluations.runId,
      step: runEvaluations.step,
      loss: runEvaluations.loss,
      baseLoss: runEvaluations.baseLoss,
      tokens: runMetrics.tokens,
      seconds: runMetrics.seconds,
    })
    .from(runEvaluations)
    .leftJoin(runMetrics, and(eq(runMetrics.runId, runEvaluations.runId), eq(runMetrics.step, runEvaluations.step)))
    .where(inArray(runEvaluations.runId, [...ids]))
    .orderBy(asc(runEvaluations.runId), asc(runEvaluations.step));
  for (const { runId, ...evaluation } of rows) {
    // Nothing was taken before the first step, which no metric says.
    const placed = evaluation.step === 0 ? { ...evaluation, tokens: 0, seconds: 0 } : evaluation;
    byRun.get(runId)?.push(placed);
  }
  return byRun;
}
