import { desc, inArray } from "drizzle-orm";
import { packNumbers, unpackFloats, unpackInts } from "@/server/db/benchmarks/pack-numbers";
import type { Database } from "@/server/db/client";
import { runEvaluations } from "@/server/db/tables/run-tables";

/** What an evaluation keeps of a row. */
export type KeptRow = {
  /** Sum of the losses of its label tokens, and how many there are. */
  readonly lossSum: number;
  readonly labelTokens: number;
  /** For classification and regression: the predicted class (its number) or value, and the target. */
  readonly answer?: { readonly predicted: number; readonly target: number };
};

/** The rows of a run's latest evaluation, in their order; 0 label tokens where a row has none. */
export type EvaluatedRows = {
  readonly lossSums: Float64Array;
  readonly labelTokens: Int32Array;
  /** Null for a language model, and in evaluations of versions that did not keep them. */
  readonly answers: { readonly predictions: Float64Array; readonly targets: Float64Array } | null;
};

/** The columns of an evaluation's rows; null without rows. */
export function packRows(rows: readonly KeptRow[]) {
  const answers = rows.flatMap(({ answer }) => answer ?? []);
  const hasAnswers = answers.length > 0 && answers.length === rows.length;
  return {
    rowLossSums: rows.length === 0 ? null : packNumbers(Float64Array.from(rows, ({ lossSum }) => lossSum)),
    rowLabelTokens: rows.length === 0 ? null : packNumbers(Int32Array.from(rows, ({ labelTokens }) => labelTokens)),
    rowPredictions: hasAnswers ? packNumbers(Float64Array.from(answers, ({ predicted }) => predicted)) : null,
    rowTargets: hasAnswers ? packNumbers(Float64Array.from(answers, ({ target }) => target)) : null,
  };
}

/** The rows of each run's latest evaluation, by run; runs evaluated by a version that did not keep rows are left out. */
export async function readEvaluatedRows(db: Database, runIds: readonly string[]): Promise<Map<string, EvaluatedRows>> {
  if (runIds.length === 0) return new Map();
  const found = await db
    .selectDistinctOn([runEvaluations.runId], {
      runId: runEvaluations.runId,
      lossSums: runEvaluations.rowLossSums,
      labelTokens: runEvaluations.rowLabelTokens,
      predictions: runEvaluations.rowPredictions,
      targets: runEvaluations.rowTargets,
    })
    .from(runEvaluations)
    .where(inArray(runEvaluations.runId, [...runIds]))
    .orderBy(runEvaluations.runId, desc(runEvaluations.step));
  return new Map(
    found.flatMap(({ runId, lossSums, labelTokens, predictions, targets }) => {
      if (lossSums === null || labelTokens === null) return [];
      const answers =
        predictions === null || targets === null ? null : { predictions: unpackFloats(predictions), targets: unpackFloats(targets) };
      return [[runId, { lossSums: unpackFloats(lossSums), labelTokens: unpackInts(labelTokens), answers }] as const];
    }),
  );
}
