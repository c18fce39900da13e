import type { AnsweredBatch, ClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { EncoderRow, TextRow } from "@/server/engine/models/encoders/encoder-inputs";
import type { AnswerTaskOf, RowAnswer } from "./answer-task";

type Answered = { readonly answer: RowAnswer };

/** One input with its answer as its task encodes it. */
export type AnsweredRow = EncoderRow & Answered;

/** One tokenised text with its answer. */
export type AnsweredText = TextRow & Answered;

/** Rows side by side. @throws RangeError naming the row whose answer is of another kind */
export function layRows(task: AnswerTaskOf, rows: readonly AnsweredRow[], model: ClassificationModel): AnsweredBatch {
  return layAnswered(
    task,
    rows.map((row) => [row]),
    model,
  );
}

/** The same of rows that hold one text or several, one after another: each has its own answer. */
export function layAnswered(
  task: AnswerTaskOf,
  rows: readonly (readonly AnsweredRow[])[],
  { encoder }: ClassificationModel,
): AnsweredBatch {
  return { ...encoder.inputs.lay(rows), answers: task.lay(rows.flat().map(({ answer }) => answer)) };
}
