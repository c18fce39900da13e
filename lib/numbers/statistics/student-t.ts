import { meanOf } from "@/lib/numbers/intervals";
import { regularisedBeta } from "./beta";

/**
 * P(|t| ≥ |value|), two sides, Student's t with so many degrees of freedom, whole or not.
 *
 * @throws RangeError unless degrees is above 0
 */
export function studentTails(value: number, degrees: number): number {
  requireDegrees(degrees);
  return Number.isNaN(value) ? Number.NaN : regularisedBeta(degrees / (degrees + value * value), degrees / 2, 0.5);
}

const quantiles = new Map<string, number>();

/**
 * What |t| stays under with probability `level`, Student's t with so many degrees of freedom, whole or not; by halving.
 *
 * @throws RangeError unless degrees is above 0 and level between 0 and 1
 */
export function studentQuantile(degrees: number, level = 0.95): number {
  requireDegrees(degrees);
  if (!(level > 0 && level < 1)) throw new RangeError(`level ${level} is not between 0 and 1`);
  const key = `${degrees} ${level}`;
  const known = quantiles.get(key);
  if (known !== undefined) return known;
  let [low, high] = [0, Math.PI / 2];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (regularisedBeta(Math.cos(middle) ** 2, degrees / 2, 0.5) > 1 - level) low = middle;
    else high = middle;
  }
  const quantile = Math.sqrt(degrees) * Math.tan((low + high) / 2);
  if (quantiles.size < 4096) quantiles.set(key, quantile);
  return quantile;
}

/** A mean with its interval by Student's t. */
export type MeanInterval = {
  readonly mean: number;
  /** Of the values, with n − 1; null for one value. */
  readonly deviation: number | null;
  /** null for one value, which carries no spread. */
  readonly halfWidth: number | null;
  /** Of the hypothesis that the mean is 0; null for one value. 1 where all values are 0. */
  readonly pValue: number | null;
};

/**
 * The mean of values with its interval by Student's t: of a difference over seeds, one value a seed.
 *
 * @throws RangeError for no values, or one that is not a finite number
 */
export function meanInterval(values: ArrayLike<number>, level = 0.95): MeanInterval {
  const count = values.length;
  if (count === 0) throw new RangeError("no values to take a mean of");
  for (let i = 0; i < count; i++) if (!Number.isFinite(values[i])) throw new RangeError(`a value to take a mean of is ${values[i]}`);
  const mean = meanOf(values);
  if (count < 2) return { mean, deviation: null, halfWidth: null, pValue: null };
  const deviation = Math.sqrt(varianceOf(values));
  if (deviation === 0) return { mean, deviation, halfWidth: 0, pValue: mean === 0 ? 1 : 0 };
  const error = deviation / Math.sqrt(count);
  return { mean, deviation, halfWidth: studentQuantile(count - 1, level) * error, pValue: studentTails(mean / error, count - 1) };
}

/** With n − 1; exactly 0 where all values are equal; NaN under two values. */
export function varianceOf(values: ArrayLike<number>): number {
  const count = values.length;
  const mean = meanOf(values);
  let squares = 0;
  let isConstant = true;
  for (let i = 0; i < count; i++) {
    squares += ((values[i] as number) - mean) ** 2;
    if (values[i] !== values[0]) isConstant = false;
  }
  return isConstant && count > 1 ? 0 : squares / (count - 1);
}

function requireDegrees(degrees: number): void {
  if (!(degrees > 0)) throw new RangeError(`degrees of freedom ${degrees} is not above 0`);
}
