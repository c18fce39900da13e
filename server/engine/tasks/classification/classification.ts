import { type GlueMetric, glueMetric } from "@/lib/numbers/metrics/glue-tasks";
import { NO_LABEL } from "@/server/engine/models/causal-model";
import type { AnswerTaskOf } from "@/server/engine/tasks/answers/answer-task";
import { classLabel } from "@/server/engine/tasks/answers/class-label";
import { finite, measureMetric } from "@/server/engine/tasks/answers/measure-metric";
import { softmaxRows } from "@/server/engine/tensor/plain-softmax";
import { classAnswers } from "./class-answers";

/** How many rows each class is trained on. */
export type KnownClasses = { readonly trainRows: readonly number[] };

/** Classes by number. The metrics are accuracy, F1 (macro F1 of more than two classes) and Matthews' correlation. */
export const classification: AnswerTaskOf<KnownClasses, number> = {
  hasClasses: true,
  none: NO_LABEL,
  has: (label) => label !== NO_LABEL,

  reader(labels) {
    const numbers = new Map((labels ?? []).map((label, number) => [label, number]));
    return (label) => numbers.get(label ?? "") ?? NO_LABEL;
  },

  written: (label, labels) => classLabel(labels, label),

  lay(labels) {
    const broken = labels.findIndex((label) => !Number.isInteger(label));
    if (broken >= 0) throw new RangeError(`row ${broken}: label ${labels[broken]} is not a whole number`);
    return classAnswers(Int32Array.from(labels));
  },

  known(answers, numLabels) {
    const given = Array.from(answers);
    return { trainRows: Array.from({ length: numLabels }, (_, number) => given.filter((answer) => answer === number).length) };
  },

  answerOf: largestAt,
  isRight: (label, right) => label === right,

  metrics(scores, answers, { trainRows }) {
    const classes = trainRows.length;
    const predicted = Int32Array.from(answers, (_, row) => largestAt(scores.subarray(row * classes, (row + 1) * classes)));
    const commonest = new Int32Array(answers.length).fill(largestAt(trainRows));
    const names: readonly GlueMetric[] = ["accuracy", classes === 2 ? "f1" : "macroF1", "matthews"];
    return names.map((name) => measureMetric(name, predicted, answers, finite(glueMetric(name, commonest, answers)())));
  },

  constantAnswer: ({ trainRows }) => largestAt(trainRows),

  constantLosses(answers, { trainRows }) {
    const all = sumOf(trainRows);
    return Float64Array.from(answers, (label) => -Math.log((trainRows[label] ?? 0) / all));
  },

  constantScores({ trainRows }) {
    if (trainRows.some((rows) => rows === 0)) return null;
    const all = sumOf(trainRows);
    return trainRows.map((rows) => Math.log(rows / all));
  },

  probabilities: softmaxRows,

  textAnswer(scores, labels) {
    const probabilities = softmaxRows(scores, scores.length);
    const classes = Array.from(probabilities, (probability, at) => ({
      label: classLabel(labels, at),
      score: scores[at] ?? Number.NaN,
      probability,
    }));
    return { kind: "classes", classes };
  },

  answerChange({ rows, scores, probabilities }, labels) {
    const none = { mean: 0, halfWidth: null };
    const classes = scores.map((score, at) => ({ label: classLabel(labels, at), score, probability: probabilities[at] ?? none }));
    return { kind: "classes", rows, classes };
  },

  demandClass(label, numLabels) {
    if (label < 0 || label >= numLabels) throw new RangeError(`class ${label} is not in 0…${numLabels - 1}`);
  },

  /** The loss of one class, −log p. */
  attributed(scores, towards) {
    const label = towards === "mostProbable" ? largestAt(scores) : towards;
    const slopes = Float32Array.from(softmaxRows(scores, scores.length), (probability, at) => probability - (at === label ? 1 : 0));
    return { label, slopes };
  },
};

/** The first place of the largest value. */
function largestAt(values: ArrayLike<number>): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if ((values[at] as number) > (values[best] as number)) best = at;
  return best;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
