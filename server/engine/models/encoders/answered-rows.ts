import { NO_LABEL } from "@/server/engine/models/causal-model";
import type { AnsweredBatch, ClassificationModel } from "./classification-model";

/** One tokenised row with its class, −100 for none, or with its number where the head is a regression (NaN for none). */
export type AnsweredRow = {
  readonly ids: Int32Array;
  /** As long as the ids; all 0 when absent. */
  readonly tokenTypeIds?: Int32Array | undefined;
  readonly answer: number;
};

export function hasAnswer({ answer }: AnsweredRow, numLabels: number): boolean {
  return numLabels > 1 ? answer !== NO_LABEL : !Number.isNaN(answer);
}

/** Rows side by side, padded on the right to the longest of them. */
export function layRows(rows: readonly AnsweredRow[], { encoder, numLabels }: ClassificationModel): AnsweredBatch {
  const tokens = rows.reduce((longest, { ids }) => Math.max(longest, ids.length), 0);
  const ids = new Int32Array(rows.length * tokens).fill(encoder.config.padId);
  const attentionMask = new Int32Array(ids.length);
  const tokenTypeIds = new Int32Array(ids.length);
  rows.forEach((row, i) => {
    ids.set(row.ids, i * tokens);
    if (row.tokenTypeIds !== undefined) tokenTypeIds.set(row.tokenTypeIds, i * tokens);
    attentionMask.fill(1, i * tokens, i * tokens + row.ids.length);
  });
  const answers = rows.map(({ answer }) => answer);
  return {
    ids,
    attentionMask,
    tokenTypeIds,
    rows: rows.length,
    tokens,
    answers: numLabels > 1 ? { kind: "labels", labels: wholeLabels(answers) } : { kind: "targets", targets: Float32Array.from(answers) },
  };
}

/** @throws RangeError naming the row whose label is not a whole number */
function wholeLabels(answers: readonly number[]): Int32Array {
  const broken = answers.findIndex((answer) => !Number.isInteger(answer));
  if (broken >= 0) throw new RangeError(`row ${broken}: label ${answers[broken]} is not a whole number`);
  return Int32Array.from(answers);
}
