import type { AnsweredBatch, ClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { AnswerTaskOf, RowAnswer } from "./answer-task";

/** One tokenised row with its answer as its task encodes it. */
export type AnsweredRow = {
  readonly ids: Int32Array;
  /** As long as the ids; all 0 when absent. */
  readonly tokenTypeIds?: Int32Array | undefined;
  readonly answer: RowAnswer;
};

/** Rows side by side, padded on the right to the longest of them. @throws RangeError naming the row whose answer is of another kind */
export function layRows(task: AnswerTaskOf, rows: readonly AnsweredRow[], { encoder }: ClassificationModel): AnsweredBatch {
  const tokens = rows.reduce((longest, { ids }) => Math.max(longest, ids.length), 0);
  const ids = new Int32Array(rows.length * tokens).fill(encoder.config.padId);
  const attentionMask = new Int32Array(ids.length);
  const tokenTypeIds = new Int32Array(ids.length);
  rows.forEach((row, i) => {
    ids.set(row.ids, i * tokens);
    if (row.tokenTypeIds !== undefined) tokenTypeIds.set(row.tokenTypeIds, i * tokens);
    attentionMask.fill(1, i * tokens, i * tokens + row.ids.length);
  });
  return { ids, attentionMask, tokenTypeIds, rows: rows.length, tokens, answers: task.lay(rows.map(({ answer }) => answer)) };
}
