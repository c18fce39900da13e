import type { AnsweredBatch, ClassificationModel } from "@/server/engine/models/encoders/classification-model";
import { placeTexts } from "@/server/engine/models/row-batches";
import type { AnswerTaskOf, RowAnswer } from "./answer-task";

/** One tokenised row with its answer as its task encodes it. */
export type AnsweredRow = {
  readonly ids: Int32Array;
  /** As long as the ids; all 0 when absent. */
  readonly tokenTypeIds?: Int32Array | undefined;
  readonly answer: RowAnswer;
};

/** Rows side by side, padded on the right to the longest of them. @throws RangeError naming the row whose answer is of another kind */
export function layRows(task: AnswerTaskOf, rows: readonly AnsweredRow[], model: ClassificationModel): AnsweredBatch {
  return layAnsweredTexts(
    task,
    rows.map((row) => [row]),
    model,
  );
}

/** The same of rows that hold one text or several, one after another: each has its own answer. */
export function layAnsweredTexts(
  task: AnswerTaskOf,
  rows: readonly (readonly AnsweredRow[])[],
  { encoder }: ClassificationModel,
): AnsweredBatch {
  const { places, ...laid } = placeTexts(rows);
  const texts = rows.flat();
  const ids = new Int32Array(laid.rows * laid.tokens).fill(encoder.config.padId);
  const tokenTypeIds = new Int32Array(ids.length);
  texts.forEach((text, i) => {
    ids.set(text.ids, places[i]);
    if (text.tokenTypeIds !== undefined) tokenTypeIds.set(text.tokenTypeIds, places[i]);
  });
  return { ids, tokenTypeIds, ...laid, answers: task.lay(texts.map(({ answer }) => answer)) };
}
