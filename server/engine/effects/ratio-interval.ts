import { quantileOf } from "@/lib/numbers/intervals";
import { Random } from "@/lib/numbers/random";

export type RatioInterval = { readonly ratio: number; readonly low: number; readonly high: number };

const RESAMPLES = 2000;

/**
 * Σ numerators / Σ denominators over rows, with its 95 % interval by the percentile bootstrap over rows, each drawn with both of
 * its numbers. Draws whose denominators add up to 0 have no ratio and are left out. The same seed gives the same interval.
 *
 * @returns undefined when the denominators add up to 0, or under two rows
 */
export function ratioInterval(numerators: ArrayLike<number>, denominators: ArrayLike<number>, seed = 0): RatioInterval | undefined {
  const rows = numerators.length;
  const total = sum(denominators);
  if (rows < 2 || total === 0) return undefined;
  const random = new Random(seed);
  const ratios: number[] = [];
  for (let draw = 0; draw < RESAMPLES; draw++) {
    let above = 0;
    let below = 0;
    for (let i = 0; i < rows; i++) {
      const row = random.nextBelow(rows);
      above += numerators[row] as number;
      below += denominators[row] as number;
    }
    if (below !== 0) ratios.push(above / below);
  }
  const sorted = Float64Array.from(ratios).sort();
  return { ratio: sum(numerators) / total, low: quantileOf(sorted, 0.025), high: quantileOf(sorted, 0.975) };
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}
