import type { AnsweredBatch } from "@/server/engine/models/encoders/classification-model";
import { groupByLength } from "@/server/engine/models/row-batches";
import { type AnsweredRow, layRows } from "@/server/engine/tasks/answers/answered-rows";
import type { Classifier } from "./classifier";

/** Rows that share a pass; `rows[i]` is the place of the batch's row i among those that were given. */
export type AnswerChunk = { readonly batch: AnsweredBatch; readonly rows: readonly number[] };

/** Lays answered rows out in batches, shortest first. @param batchTokens most tokens of a batch, padding counted (a longer row stands alone) */
export function chunkAnswers({ task, model }: Classifier, rows: readonly AnsweredRow[], batchTokens: number): AnswerChunk[] {
  const lengths = rows.map((row) => model.encoder.inputs.tokensOf(row));
  return groupByLength(lengths, batchTokens).map((group) => ({
    batch: layRows(
      task,
      group.map((row) => rows[row] as AnsweredRow),
      model,
    ),
    rows: group,
  }));
}
