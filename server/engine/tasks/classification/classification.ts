import { type GlueMetric, glueMetric } from "@/lib/numbers/metrics/glue-tasks";
import { NO_LABEL } from "@/server/engine/models/causal-model";
import type { AnswerTaskOf, KnownOf } from "@/server/engine/tasks/answers/answer-task";
import { finite, measureMetric } from "@/server/engine/tasks/answers/measure-metric";

/** Classes by number. The metrics are accuracy, F1 (macro F1 of more than two classes) and Matthews' correlation. */
export const classification: AnswerTaskOf<KnownOf<"classification">> = {
  none: NO_LABEL,

  reader(labels) {
    const numbers = new Map((labels ?? []).map((label, number) => [label, number]));
    return (label) => numbers.get(label ?? "") ?? NO_LABEL;
  },

  known(answers, numClasses) {
    const given = Array.from(answers);
    return {
      kind: "classification",
      trainRows: Array.from({ length: numClasses }, (_, number) => given.filter((answer) => answer === number).length),
    };
  },

  answerOf: largestAt,

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
