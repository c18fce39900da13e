import { meanOf } from "@/lib/numbers/intervals";
import { type RowAnswers, sumOfLosses } from "@/server/engine/models/encoders/row-answers";
import type { AnswerTaskOf, RowAnswer } from "@/server/engine/tasks/answers/answer-task";
import { classLabel } from "@/server/engine/tasks/answers/class-label";
import { measureMetric } from "@/server/engine/tasks/answers/measure-metric";
import type { AnswerLearning } from "@/server/runtime/tasks/answers/answer-learning";

/** What is asked of a run: any number of these classes for each row. */
export type MultiLabelSettings = { readonly kind: "multiLabel"; readonly labels: readonly string[] };

/** The share of rows that have each class. */
type KnownShares = { readonly shares: readonly number[] };

const sigmoid = (score: number) => 1 / (1 + Math.exp(-score));
const isNone = (answer: readonly number[]) => answer.length === 0;

/** A 0 or 1 a class, each by its own sigmoid: a task that the product does not have. */
const multiLabel: AnswerTaskOf<KnownShares, readonly number[]> = {
  hasClasses: true,
  none: [],
  has: (answer) => !isNone(answer),
  reader: (labels) => (label) => {
    const named = (label ?? "").split("+");
    return (labels ?? []).map((one) => (named.includes(one) ? 1 : 0));
  },
  written: (answer, labels) => answer.flatMap((is, at) => (is === 1 ? [classLabel(labels, at)] : [])).join("+") || "none",
  lay: binaryAnswers,
  known: (answers, numLabels) => ({
    shares: Array.from({ length: numLabels }, (_, at) => meanOf(Array.from(answers, (answer) => answer[at] ?? 0))),
  }),
  answerOf: (scores) => Array.from(scores, (score) => (score > 0 ? 1 : 0)),
  isRight: (answer, right) => answer.join() === right.join(),
  metrics(scores, answers, { shares }) {
    const width = shares.length;
    const code = (bits: ArrayLike<number>) => Array.from(bits).reduce((sum, bit, at) => sum + (bit > 0 ? 2 ** at : 0), 0);
    const predicted = Array.from(answers, (_, row) => code(scores.subarray(row * width, (row + 1) * width)));
    return [measureMetric("accuracy", predicted, Array.from(answers, code), null)];
  },
  constantAnswer: ({ shares }) => shares.map((share) => (share > 0.5 ? 1 : 0)),
  constantLosses: (answers, { shares }) =>
    Float64Array.from(Array.from(answers), (answer) =>
      shares.reduce((sum, share, at) => sum - Math.log(answer[at] === 1 ? share : 1 - share), 0),
    ),
  constantScores: ({ shares }) => shares.map((share) => Math.log(share / (1 - share))),
  probabilities: (scores) => Float64Array.from(scores, sigmoid),
  textAnswer: (scores, labels) => ({
    kind: "classes",
    classes: Array.from(scores, (score, at) => ({ label: classLabel(labels, at), score, probability: sigmoid(score) })),
  }),
  answerChange: ({ rows, scores, probabilities }, labels) => ({
    kind: "classes",
    rows,
    classes: scores.map((score, at) => ({ label: classLabel(labels, at), score, probability: probabilities[at] ?? score })),
  }),
  demandClass(label, numLabels) {
    if (label < 0 || label >= numLabels) throw new RangeError(`class ${label} is not in 0…${numLabels - 1}`);
  },
  attributed(scores, towards) {
    const label = towards === "mostProbable" ? scores.indexOf(Math.max(...scores)) : towards;
    return { label, slopes: scores.map((score, at) => (at === label ? sigmoid(score) - 1 : 0)) };
  },
};

/** Binary cross-entropies, summed over the classes. */
function binaryAnswers(answers: readonly (readonly number[])[]): RowAnswers {
  return {
    noun: "sets of classes",
    length: answers.length,
    headProblem: () => null,
    rowProblem: (row, numLabels) => {
      const width = answers[row]?.length ?? 0;
      return width === 0 || width === numLabels ? null : `${width} classes for a head with ${numLabels}`;
    },
    has: (row) => !isNone(answers[row] ?? []),
    losses(scores, numLabels) {
      const dScores = scores.map((score, at) => sigmoid(score) - (answers[Math.floor(at / numLabels)]?.[at % numLabels] ?? 0));
      const losses = Float32Array.from(answers, (answer, row) =>
        answer.reduce((sum, is, at) => sum - Math.log(sigmoid((is === 1 ? 1 : -1) * (scores[row * numLabels + at] ?? 0))), 0),
      );
      return { losses, lossSum: sumOfLosses(losses), dScores };
    },
    take: (rows) => binaryAnswers(rows.map((row) => answers[row] ?? [])),
  };
}

/** How its classes are learned: they are those of the settings. */
export const learnLabelSets: AnswerLearning<MultiLabelSettings> = {
  task: multiLabel,
  byName(_, { train }, { labels }) {
    const answers: RowAnswer[] = train.map(multiLabel.reader(labels));
    const learned: AnswerTaskOf = multiLabel;
    return { labels, known: learned.known(answers, labels.length) };
  },
  byNumber() {
    throw new Error("rows that were tokenised beforehand have one number each");
  },
};
