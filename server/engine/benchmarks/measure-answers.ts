import { byPiece, type Work } from "@/server/engine/studies/study-context";
import { answerScores, type Scorer } from "@/server/engine/tasks/answers/answer-scores";
import type { AnswerTaskOf, Labels, RowAnswer } from "@/server/engine/tasks/answers/answer-task";
import type { AnsweredRow } from "@/server/engine/tasks/answers/answered-rows";
import type { ItemReadings } from "./benchmark-material";

/** Rows that a head answers; none is left out. */
export type AnswerMaterial = {
  readonly task: AnswerTaskOf;
  /** Their answers are encoded by the labels of the head that is measured. */
  readonly rows: readonly AnsweredRow[];
  /** The head's. */
  readonly labels: Labels;
};

/** Right answers, encoded by the labels of the benchmark. */
export type RightAnswers = { readonly task: AnswerTaskOf; readonly targets: ArrayLike<RowAnswer>; readonly labels: Labels };

const PASS_ROWS = 16;

/**
 * What a head makes of each row: the class of its largest score and the cross-entropy of the right one, or the number and its squared error.
 * Yields the rows done after each pass.
 *
 * @throws RangeError when a score or a loss is not a finite number, or the classes are not those of the head
 */
export function* measureAnswers(scorerOf: () => Scorer, { task, rows, labels }: AnswerMaterial): Work<ItemReadings> {
  const work = answerScores(task, scorerOf, rows, PASS_ROWS);
  const { scores, losses } = yield* byPiece(work);
  const width = labels?.length ?? 1;
  if (scores.length !== rows.length * width)
    throw new RangeError(`${scores.length} scores of ${rows.length} rows are not ${width} each, as many as there are classes`);
  const odd = losses.findIndex((loss) => !Number.isFinite(loss));
  if (odd >= 0) throw new RangeError(`row ${odd}: the loss is ${losses[odd]}, not a finite number`);
  const answers = rows.map((_, row) => task.answerOf(scores.subarray(row * width, (row + 1) * width)));
  const targets = rows.map(({ answer }) => answer);
  return readingsOf({ task, targets, labels }, answers, losses);
}

/**
 * What an answer that does not look at the text makes of each row: by the rows' own classes the commonest, each as probable as its share; or
 * the mean of their numbers. No answer of its kind has a lower loss on these rows.
 */
export function constantAnswers(right: RightAnswers): ItemReadings {
  const { task, targets, labels } = right;
  const known = task.known(targets, labels?.length ?? 1);
  const answers = Array.from(targets, () => task.constantAnswer(known));
  return readingsOf(right, answers, task.constantLosses(targets, known));
}

function readingsOf({ task, targets, labels }: RightAnswers, answers: readonly RowAnswer[], losses: ArrayLike<number>): ItemReadings {
  const graded = answers.map((answer, row) => task.isRight(answer, targets[row] ?? task.none));
  return {
    lossSums: Float64Array.from(losses),
    labelTokens: new Int32Array(targets.length).fill(1),
    answers: {
      right: graded.includes(null) ? null : Uint8Array.from(graded, (isRight) => (isRight ? 1 : 0)),
      rightPerByte: null,
      texts: answers.map((answer) => String(task.written(answer, labels))),
    },
  };
}
