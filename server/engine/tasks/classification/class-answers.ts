import { NO_LABEL } from "@/server/engine/models/causal-model";
import { type RowAnswers, type RowLosses, sumOfLosses } from "@/server/engine/models/encoders/row-answers";

/** A class number a row, −100 for none. Their loss is the cross-entropy in nats, −log softmax(scores)[label]. */
export function classAnswers(labels: Int32Array): RowAnswers {
  return {
    noun: "labels",
    length: labels.length,
    headProblem: (numLabels) => (numLabels > 1 ? null : "a head with 1 label is a regression: it needs targets, not labels"),
    rowProblem(row, numLabels) {
      const label = labels[row] as number;
      return label === NO_LABEL || (label >= 0 && label < numLabels) ? null : `label ${label} is not in 0…${numLabels - 1}`;
    },
    has: (row) => labels[row] !== NO_LABEL,
    losses: (scores, numLabels) => crossEntropies(scores, labels, numLabels),
    take: (rows) => classAnswers(Int32Array.from(rows, (row) => labels[row] as number)),
  };
}

function crossEntropies(scores: Float32Array, labels: Int32Array, numLabels: number): RowLosses {
  const dScores = new Float32Array(scores.length);
  const losses = Float32Array.from(labels, (label, row) => {
    if (label === NO_LABEL) return Number.NaN;
    const own = scores.subarray(row * numLabels, (row + 1) * numLabels);
    const top = own.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    const total = own.reduce((sum, score) => sum + Math.exp(score - top), 0);
    own.forEach((score, i) => {
      dScores[row * numLabels + i] = Math.exp(score - top) / total - (i === label ? 1 : 0);
    });
    return top + Math.log(total) - (own[label] as number);
  });
  return { losses, lossSum: sumOfLosses(losses.filter((_, row) => labels[row] !== NO_LABEL)), dScores };
}
