import { type RowAnswers, type RowLosses, sumOfLosses } from "@/server/engine/models/encoders/row-answers";

/** A number a row. Their loss is the squared error, (score − target)². */
export function numberAnswers(targets: Float32Array): RowAnswers {
  return {
    noun: "targets",
    length: targets.length,
    headProblem: (numLabels) => (numLabels === 1 ? null : `a head with ${numLabels} labels is a classifier: it needs labels, not targets`),
    rowProblem: (row) => (Number.isFinite(targets[row]) ? null : `target ${targets[row]} is not finite`),
    has: (row) => !Number.isNaN(targets[row]),
    losses: (scores) => squaredErrors(scores, targets),
    take: (rows) => numberAnswers(Float32Array.from(rows, (row) => targets[row] as number)),
  };
}

function squaredErrors(scores: Float32Array, targets: Float32Array): RowLosses {
  const errors = scores.map((score, row) => score - (targets[row] as number));
  const losses = errors.map((error) => error * error);
  return { losses, lossSum: sumOfLosses(losses), dScores: errors.map((error) => 2 * error) };
}
