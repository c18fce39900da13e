import type { AnsweredRow } from "@/server/engine/models/encoders/answered-rows";
import { byPiece, type Work } from "@/server/engine/studies/study-context";
import { headTask } from "@/server/engine/tasks/answer-tasks";
import { answerScores, type Scorer } from "@/server/engine/tasks/answers/answer-scores";
import type { ItemReadings } from "./benchmark-material";

/** Rows that a head answers with a class or a number; none is left out. */
export type AnswerMaterial = {
  /** With class numbers of the head whose scores are read, or with numbers. */
  readonly rows: readonly AnsweredRow[];
  /** Names of the head's classes, by number; null of a regression. */
  readonly classes: readonly string[] | null;
};

const PASS_ROWS = 16;

/**
 * What a head makes of each row: the class of its largest score and the cross-entropy of the right one, or the number and its squared error.
 * Yields the rows done after each pass.
 *
 * @throws RangeError when a score or a loss is not a finite number, or the classes are not those of the head
 */
export function* measureAnswers(scorerOf: () => Scorer, { rows, classes }: AnswerMaterial): Work<ItemReadings> {
  const work = answerScores(scorerOf, rows, PASS_ROWS);
  const { scores, losses } = yield* byPiece(work);
  const width = classes?.length ?? 1;
  if (scores.length !== rows.length * width)
    throw new RangeError(`${scores.length} scores of ${rows.length} rows are not ${width} each, as many as there are classes`);
  const odd = losses.findIndex((loss) => !Number.isFinite(loss));
  if (odd >= 0) throw new RangeError(`row ${odd}: the loss is ${losses[odd]}, not a finite number`);
  const task = headTask(classes);
  const answers = rows.map((_, row) => task.answerOf(scores.subarray(row * width, (row + 1) * width)));
  const targets = rows.map(({ answer }) => answer);
  return readingsOf(targets, classes, answers, losses);
}

/**
 * What an answer that does not look at the text makes of each row: by the rows' own classes the commonest, each as probable as its share; or
 * the mean of their numbers. No answer of its kind has a lower loss on these rows.
 *
 * @param targets class numbers, by place among `classes`, or numbers
 * @param classes names by number; null of a regression
 */
export function constantAnswers(targets: ArrayLike<number>, classes: readonly string[] | null): ItemReadings {
  const task = headTask(classes);
  const known = task.known(targets, classes?.length ?? 1);
  const answers = new Float64Array(targets.length).fill(task.constantAnswer(known));
  return readingsOf(targets, classes, answers, task.constantLosses(targets, known));
}

function readingsOf(
  targets: ArrayLike<number>,
  classes: readonly string[] | null,
  answers: ArrayLike<number>,
  losses: ArrayLike<number>,
): ItemReadings {
  return {
    lossSums: Float64Array.from(losses),
    labelTokens: new Int32Array(targets.length).fill(1),
    answers: {
      right: classes === null ? null : Uint8Array.from(targets, (target, row) => (answers[row] === target ? 1 : 0)),
      rightPerByte: null,
      texts: Array.from(answers, (answer) => (classes === null ? String(answer) : (classes[answer] ?? String(answer)))),
    },
  };
}
