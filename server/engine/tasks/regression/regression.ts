import type { AnswerTaskOf, KnownOf } from "@/server/engine/tasks/answers/answer-task";
import { measureMetric } from "@/server/engine/tasks/answers/measure-metric";

/** Numbers. The metrics are Pearson's and Spearman's correlation, which a constant has not. */
export const regression: AnswerTaskOf<KnownOf<"regression">> = {
  none: Number.NaN,
  reader: () => (label) => (label === null ? Number.NaN : Number(label)),
  known: (answers) => ({ kind: "regression", mean: Array.from(answers).reduce((sum, target) => sum + target, 0) / answers.length }),
  answerOf: (scores) => scores[0] ?? Number.NaN,
  metrics: (scores, answers) => (["pearson", "spearman"] as const).map((name) => measureMetric(name, scores, answers, null)),
  constantAnswer: ({ mean }) => mean,
  constantLosses: (answers, { mean }) => Float64Array.from(answers, (target) => (target - mean) ** 2),
  constantScores: ({ mean }) => [mean],
};
