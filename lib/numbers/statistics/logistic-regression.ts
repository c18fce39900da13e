import { dot, factorOf, type Matrix, moved, rowProduct, rowProducts } from "@/lib/numbers/matrix";

/** The log-odds of a row x are weights · x + intercept. */
export type LogisticFit = { readonly weights: Float64Array; readonly intercept: number };

/** Newton steps and halvings of one; far more than were ever taken. */
const most = { steps: 200, halvings: 40 };

/** As many times more columns than rows make the other way quicker. */
const wide = 4;

/** Of the gradient where the fit begins: how much may be left of it. */
const tolerance = 1e-10;

/**
 * Logistic regression with an L2 penalty: the weights and the intercept, which is not penalised, that minimise c · Σ log loss + ‖weights‖² / 2, as
 * scikit-learn's `LogisticRegression(C=c)`. Newton's method, each step by conjugate gradients with a diagonal preconditioner (as its `newton-cg`).
 *
 * @param labels of each row whether it is a positive
 * @throws RangeError where there are no positives or no negatives, or a number is not finite
 */
export function fitLogistic(features: Matrix, labels: readonly boolean[], c = 1): LogisticFit {
  const positives = labels.filter(Boolean).length;
  if (positives === 0 || positives === labels.length) {
    throw new RangeError(`a probe needs positives and negatives, but there are ${positives} and ${labels.length - positives}`);
  }
  if (!features.values.every(Number.isFinite)) throw new RangeError("a probe's features must be finite");
  return features.columns > wide * features.rows ? fitWide(features, labels, c) : fitNarrow(features, labels, c);
}

/**
 * With many more columns than rows: over a square factor of the rows' products, which has the same losses and penalties. At the minimum the weights are the
 * rows' sum, each times c (label − probability).
 */
function fitWide(features: Matrix, labels: readonly boolean[], c: number): LogisticFit {
  const factor = factorOf(rowProducts(features));
  const { intercept, weights: ofFactor } = fitNarrow(factor, labels, c);
  const weights = new Float64Array(features.columns);
  const logOdds = logOddsOf({ intercept, weights: ofFactor }, factor);
  for (const [row, one] of logOdds.entries()) {
    const pull = labels[row] ? c / (1 + Math.exp(one)) : -c / (1 + Math.exp(-one));
    const from = row * features.columns;
    for (let column = 0; column < features.columns; column++) {
      weights[column] = (weights[column] as number) + pull * (features.values[from + column] as number);
    }
  }
  return { weights, intercept };
}

function fitNarrow(features: Matrix, labels: readonly boolean[], c: number): LogisticFit {
  const loss = new PenalisedLoss(features, labels, c);
  let point: Float64Array = new Float64Array(features.columns + 1);
  let at = loss.at(point);
  const enough = tolerance * largest(at.gradient);
  for (let taken = 0; taken < most.steps && largest(at.gradient) > enough; taken++) {
    const step = newtonStep(loss, at, largest(at.gradient) / (largest(at.gradient) + 1));
    const slope = dot(step, at.gradient);
    let [length, halvings] = [1, 0];
    let next = moved(point, step, length);
    let there = loss.at(next);
    while (there.value > at.value + 1e-4 * length * slope && halvings < most.halvings) {
      [length, halvings] = [length / 2, halvings + 1];
      next = moved(point, step, length);
      there = loss.at(next);
    }
    // Nothing is gained any more but rounding.
    if (there.value > at.value || (there.value === at.value && largest(there.gradient) >= largest(at.gradient))) break;
    [point, at] = [next, there];
  }
  return { weights: point.slice(0, -1), intercept: point[features.columns] as number };
}

/** The log-odds of each row. */
export function logOddsOf({ weights, intercept }: LogisticFit, features: Matrix): Float64Array {
  return Float64Array.from({ length: features.rows }, (_, row) => intercept + rowProduct(features, row, weights));
}

type LossAt = {
  readonly value: number;
  readonly gradient: Float64Array;
  /** p (1 − p) of each row. */
  readonly curvatures: Float64Array;
};

/** The loss over weights and, last, the intercept. */
class PenalisedLoss {
  readonly #features: Matrix;
  readonly #labels: readonly boolean[];
  readonly #c: number;

  constructor(features: Matrix, labels: readonly boolean[], c: number) {
    this.#features = features;
    this.#labels = labels;
    this.#c = c;
  }

  at(point: Float64Array): LossAt {
    const { rows, columns } = this.#features;
    let value = 0;
    for (let column = 0; column < columns; column++) value += (point[column] as number) ** 2 / 2;
    const [residuals, curvatures] = [new Float64Array(rows), new Float64Array(rows)];
    for (let row = 0; row < rows; row++) {
      const logOdds = rowProduct(this.#features, row, point) + (point[columns] as number);
      // Of the row's own class: small where the probe is right.
      const against = this.#labels[row] ? -logOdds : logOdds;
      const tail = Math.exp(-Math.abs(against));
      value += this.#c * (Math.max(against, 0) + Math.log1p(tail));
      const wrong = against >= 0 ? 1 / (1 + tail) : tail / (1 + tail);
      residuals[row] = this.#labels[row] ? -wrong : wrong;
      curvatures[row] = tail / (1 + tail) ** 2;
    }
    return { value, gradient: this.#pulledBack(residuals, point), curvatures };
  }

  /** The Hessian times a direction. */
  curved({ curvatures }: LossAt, direction: Float64Array): Float64Array {
    const intercept = direction[this.#features.columns] as number;
    const along = curvatures.map((curvature, row) => curvature * (rowProduct(this.#features, row, direction) + intercept));
    return this.#pulledBack(along, direction);
  }

  /** The Hessian's diagonal. */
  diagonal({ curvatures }: LossAt): Float64Array {
    const { rows, columns, values } = this.#features;
    const sums = new Float64Array(columns + 1).fill(1);
    sums[columns] = 0;
    for (let row = 0; row < rows; row++) {
      const weight = this.#c * (curvatures[row] as number);
      for (let column = 0, from = row * columns; column < columns; column++) {
        sums[column] = (sums[column] as number) + weight * (values[from + column] as number) ** 2;
      }
      sums[columns] = (sums[columns] as number) + weight;
    }
    return sums;
  }

  /** Features' transpose times what each row asks, and what the penalty asks. */
  #pulledBack(ofRows: Float64Array, ofPenalty: Float64Array): Float64Array {
    const { rows, columns, values } = this.#features;
    const sums = ofPenalty.slice();
    sums[columns] = 0;
    for (let row = 0; row < rows; row++) {
      const weight = this.#c * (ofRows[row] as number);
      for (let column = 0, from = row * columns; column < columns; column++) {
        sums[column] = (sums[column] as number) + weight * (values[from + column] as number);
      }
      sums[columns] = (sums[columns] as number) + weight;
    }
    return sums;
  }
}

/** Solves Hessian · step = −gradient until the residual is `forcing` of the gradient, the smaller the nearer the end. */
function newtonStep(loss: PenalisedLoss, at: LossAt, forcing: number): Float64Array {
  const diagonal = loss.diagonal(at);
  // Where all rows are certain the intercept has no curvature left.
  const preconditioned = (residual: Float64Array) => residual.map((one, place) => one / Math.max(diagonal[place] as number, 1e-300));
  const step = new Float64Array(at.gradient.length);
  let residual: Float64Array = at.gradient.map((one) => -one);
  let ahead = preconditioned(residual);
  let direction: Float64Array = ahead;
  let size = dot(residual, ahead);
  const enough = Math.min(forcing, 1e-3) * Math.sqrt(dot(residual, residual));
  for (let taken = 0; taken < 4 * step.length + 20 && Math.sqrt(dot(residual, residual)) > enough; taken++) {
    const curved = loss.curved(at, direction);
    const curvature = dot(direction, curved);
    if (!(curvature > 0)) break;
    const length = size / curvature;
    for (let place = 0; place < step.length; place++) step[place] = (step[place] as number) + length * (direction[place] as number);
    residual = moved(residual, curved, -length);
    ahead = preconditioned(residual);
    const next = dot(residual, ahead);
    direction = moved(ahead, direction, next / size);
    size = next;
  }
  return step;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
