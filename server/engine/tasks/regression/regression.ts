import { meanOf } from "@/lib/numbers/intervals";
import type { AnswerTaskOf } from "@/server/engine/tasks/answers/answer-task";
import { measureMetric } from "@/server/engine/tasks/answers/measure-metric";
import { numberAnswers } from "./number-answers";

/** The mean of the targets that are trained on. */
type KnownNumbers = { readonly mean: number };

/** Numbers. The metrics are Pearson's and Spearman's correlation, which a constant has not. */
export const regression: AnswerTaskOf<KnownNumbers, number> = {
  hasClasses: false,
  none: Number.NaN,
  has: (target) => !Number.isNaN(target),
  reader: () => (label) => (label === null ? Number.NaN : Number(label)),
  written: (target) => target,
  lay: (targets) => numberAnswers(Float32Array.from(targets)),
  known: (answers) => ({ mean: meanOf(answers) }),
  answerOf: (scores) => scores[0] ?? Number.NaN,
  isRight: () => null,
  metrics: (scores, answers) => (["pearson", "spearman"] as const).map((name) => measureMetric(name, scores, answers, null)),
  constantAnswer: ({ mean }) => mean,
  constantLosses: (answers, { mean }) => Float64Array.from(answers, (target) => (target - mean) ** 2),
  constantScores: ({ mean }) => [mean],
  probabilities: () => new Float64Array(),
  textAnswer: (scores) => ({ kind: "number", value: scores[0] ?? Number.NaN }),
  answerChange: ({ rows, scores }) => ({ kind: "number", rows, change: scores[0] ?? { mean: 0, halfWidth: null } }),
  demandClass() {
    throw new RangeError("a head with 1 label is a regression: it has no class to attribute to");
  },
  /** The number itself. */
  attributed: () => ({ label: undefined, slopes: Float32Array.of(1) }),
};
