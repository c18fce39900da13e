import type { HeadTensors } from "@/server/engine/models/encoders/classification-head";
import type { ClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { readFloats } from "@/server/engine/tensor/create";
import { free } from "@/server/engine/tensor/scope";
import type { AnswerTaskOf } from "./answer-task";
import { type AnsweredRow, layRows } from "./answered-rows";

/** What a head makes of rows, in their order. */
export type AnswerScores = {
  /** (rows, numLabels) */
  readonly scores: Float32Array;
  /** (rows) as the task counts them: cross-entropy in nats, or squared error. */
  readonly losses: Float32Array;
};

/** What runs: a head, and the adapter's hooks where one is on. */
export type Scorer = { readonly model: ClassificationModel; readonly hooks: ProjectionHooks | undefined; readonly head: HeadTensors };

/**
 * Scores and losses of answered rows. Rows of like length share a pass; yields how many are done after each. A pass is in parts
 * too, between which the caller may let others work. The head's tensors are read again for each pass.
 *
 * @param scorerOf gives what runs, called once a pass
 * @param passRows most rows of a pass
 * @throws RangeError when a row does not fit the model or the head
 */
export function* answerScores(
  task: AnswerTaskOf,
  scorerOf: () => Scorer,
  rows: readonly AnsweredRow[],
  passRows: number,
): Generator<number | undefined, AnswerScores, void> {
  const { inputs } = scorerOf().model.encoder;
  const lengths = rows.map((row) => inputs.tokensOf(row));
  const order = Array.from(rows.keys()).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  const losses = new Float32Array(rows.length);
  let scores = new Float32Array(0);
  for (let from = 0; from < order.length; from += passRows) {
    const places = order.slice(from, from + passRows);
    const { model, hooks, head } = scorerOf();
    const { numLabels } = model;
    if (scores.length === 0) scores = new Float32Array(rows.length * numLabels);
    const batch = layRows(
      task,
      places.map((place) => rows[place] as AnsweredRow),
      model,
    );
    const made = yield* model.inParts.scores(batch, hooks, head);
    const own = readFloats(made);
    free(made);
    const found = batch.answers.losses(own, numLabels);
    places.forEach((place, i) => {
      losses[place] = found.losses[i] as number;
      scores.set(own.subarray(i * numLabels, (i + 1) * numLabels), place * numLabels);
    });
    yield from + places.length;
  }
  return { scores, losses };
}
