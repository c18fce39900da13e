import type { Estimate } from "@/lib/contract/study";
import { meanOf } from "@/lib/numbers/intervals";

/**
 * The mean of values with the half width of its 95 % interval by Student's t.
 *
 * @throws RangeError for no values, or one that is not a finite number
 */
export function estimateOf(values: readonly number[]): Estimate {
  const count = values.length;
  if (count === 0) throw new RangeError("no values to take a mean of");
  const odd = values.find((value) => !Number.isFinite(value));
  if (odd !== undefined) throw new RangeError(`a value to take a mean of is ${odd}`);
  const mean = meanOf(values);
  if (count < 2) return { mean, halfWidth: null, count };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { mean, halfWidth: variance === 0 ? 0 : studentQuantile(count - 1) * Math.sqrt(variance / count), count };
}

const quantiles = new Map<number, number>();

/**
 * What |t| stays under with probability 0.95, Student's t with so many degrees of freedom: the exact finite series for whole
 * degrees (Abramowitz and Stegun, 26.7.3 and 26.7.4), inverted by halving.
 *
 * @throws RangeError unless degrees is a whole number from 1
 */
export function studentQuantile(degrees: number): number {
  if (!Number.isInteger(degrees) || degrees < 1) throw new RangeError(`degrees of freedom ${degrees} is not a whole number from 1`);
  const known = quantiles.get(degrees);
  if (known !== undefined) return known;
  let [low, high] = [0, Math.PI / 2];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (probabilityWithin(middle, degrees) < 0.95) low = middle;
    else high = middle;
  }
  const quantile = Math.sqrt(degrees) * Math.tan((low + high) / 2);
  quantiles.set(degrees, quantile);
  return quantile;
}

/** P(|t| ≤ √degrees · tan angle) */
function probabilityWithin(angle: number, degrees: number): number {
  const isOdd = degrees % 2 === 1;
  const squared = Math.cos(angle) ** 2;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = 0;
  for (let power = isOdd ? 1 : 0; power <= degrees - 2; power += 2) {
    sum += term;
    term *= ((power + 1) / (power + 2)) * squared;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
