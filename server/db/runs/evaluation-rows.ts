import { desc, inArray } from "drizzle-orm";
import { packNumbers, unpackFloats, unpackInts } from "@/server/db/benchmarks/pack-numbers";
import type { Database } from "@/server/db/client";
import { runEvaluations } from "@/server/db/tables/run-tables";

/** Sum of the losses of a row's label tokens, and how many there are. */
export type RowLoss = { readonly lossSum: number; readonly labelTokens: number };

/** The losses of a run's latest evaluation, row by row in the rows' order; 0 label tokens where a row has none. */
export type EvaluatedRows = { readonly lossSums: Float64Array; readonly labelTokens: Int32Array };

/** The columns of an evaluation's rows; null without rows. */
export function packRowLosses(rows: readonly RowLoss[]): { rowLossSums: Buffer | null; rowLabelTokens: Buffer | null } {
  if (rows.length === 0) return { rowLossSums: null, rowLabelTokens: null };
  return {
    rowLossSums: packNumbers(Float64Array.from(rows, ({ lossSum }) => lossSum)),
    rowLabelTokens: packNumbers(Int32Array.from(rows, ({ labelTokens }) => labelTokens)),
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
    })
    .from(runEvaluations)
    .where(inArray(runEvaluations.runId, [...runIds]))
    .orderBy(runEvaluations.runId, desc(runEvaluations.step));
  return new Map(
    found.flatMap(({ runId, lossSums, labelTokens }) =>
      lossSums === null || labelTokens === null
        ? []
        : [[runId, { lossSums: unpackFloats(lossSums), labelTokens: unpackInts(labelTokens) }] as const],
    ),
  );
}
