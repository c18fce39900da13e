import { NO_LABEL } from "@/server/engine/models/causal-model";

/** What the rows of a batch should give: a class each, −100 for none, or a number each. */
export type RowAnswers =
  | { readonly kind: "labels"; readonly labels: Int32Array }
  | { readonly kind: "targets"; readonly targets: Float32Array };

export type RowLosses = {
  /** (rows) NaN for a row without a label. */
  readonly losses: Float32Array;
  /** Over the rows that have one; not finite where one of them is not. */
  readonly lossSum: number;
  /** (rows, numLabels) the gradient of each row's own loss. */
  readonly dScores: Float32Array;
};

/**
 * Checks answers against a head. One label is a regression, more are a classification.
 *
 * @returns how many rows are answered
 * @throws RangeError naming the row whose answer does not fit, or when the kind of answers is not the head's or no row has one
 */
export function demandAnswers(answers: RowAnswers, rows: number, numLabels: number): number {
  const given = answers.kind === "labels" ? answers.labels : answers.targets;
  if ((answers.kind === "labels") !== numLabels > 1) {
    throw new RangeError(
      numLabels > 1
        ? `a head with ${numLabels} labels is a classifier: it needs labels, not targets`
        : "a head with 1 label is a regression: it needs targets, not labels",
    );
  }
  if (given.length !== rows) throw new RangeError(`${given.length} ${answers.kind} for ${rows} rows`);
  let answered = 0;
  given.forEach((answer, row) => {
    if (answers.kind === "targets" && !Number.isFinite(answer)) throw new RangeError(`row ${row}: target ${answer} is not finite`);
    const isNone = answers.kind === "labels" && answer === NO_LABEL;
    if (answers.kind === "labels" && !isNone && (answer < 0 || answer >= numLabels)) {
      throw new RangeError(`row ${row}: label ${answer} is not in 0…${numLabels - 1}`);
    }
    if (!isNone) answered++;
  });
  if (answered === 0) throw new RangeError("no row of the batch is labelled");
  return answered;
}

/**
 * Cross-entropy in nats, −log softmax(scores)[label], or the squared error (score − target)².
 *
 * @param scores (rows, numLabels)
 */
export function rowLosses(scores: Float32Array, answers: RowAnswers, numLabels: number): RowLosses {
  return answers.kind === "labels" ? crossEntropies(scores, answers.labels, numLabels) : squaredErrors(scores, answers.targets);
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
  return { losses, lossSum: sumOf(losses.filter((_, row) => labels[row] !== NO_LABEL)), dScores };
}

function squaredErrors(scores: Float32Array, targets: Float32Array): RowLosses {
  const errors = scores.map((score, row) => score - (targets[row] as number));
  const losses = errors.map((error) => error * error);
  return { losses, lossSum: sumOf(losses), dScores: errors.map((error) => 2 * error) };
}

function sumOf(losses: Float32Array): number {
  return losses.reduce((sum, loss) => sum + loss, 0);
}
