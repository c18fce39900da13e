import { meanOf } from "@/lib/numbers/intervals";
import { logGamma, regularisedBeta } from "./beta";

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
 * What |t| stays under with probability `level`, Student's t with so many degrees of freedom, whole or not: with t = √degrees · tan θ, by
 * Newton's steps in θ on the logarithm of the tails, halving where a step would leave the bracket.
 *
 * @throws RangeError unless degrees is above 0 and level between 0 and 1
 */
export function studentQuantile(degrees: number, level = 0.95): number {
  requireDegrees(degrees);
  if (!(level > 0 && level < 1)) throw new RangeError(`level ${level} is not between 0 and 1`);
  const key = `${degrees} ${level}`;
  const known = quantiles.get(key);
  if (known !== undefined) return known;
  const logTails = Math.log1p(-level);
  const logBeta = logGamma(degrees / 2) + logGamma(0.5) - logGamma((degrees + 1) / 2);
  let [low, high, angle] = [0, Math.PI / 2, Math.atan(2 / Math.sqrt(degrees))];
  for (let step = 0; step < 80; step++) {
    const tails = regularisedBeta(Math.cos(angle) ** 2, degrees / 2, 0.5);
    if (Math.log(tails) > logTails) low = angle;
    else high = angle;
    const slope = Math.exp(Math.LN2 + (degrees - 1) * Math.log(Math.cos(angle)) - logBeta) / tails;
    const next = angle + (Math.log(tails) - logTails) / slope;
    const isWithin = next > low && next < high;
    const moved = isWithin ? next : (low + high) / 2;
    const isSettled = Math.abs(moved - angle) <= 1e-15 * angle;
    angle = moved;
    if (isSettled) break;
  }
  const quantile = Math.sqrt(degrees) * Math.tan(angle);
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
