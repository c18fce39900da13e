import { Random } from "./random";

export type Interval = { readonly mean: number; readonly low: number; readonly high: number };

export type BootstrapOptions = {
  readonly resamples?: number;
  readonly seed?: number;
  /** Of the interval, 0.95 unless told. */
  readonly level?: number;
};

/**
 * The mean of paired differences (one a row: what one model makes of it minus what the other makes of the same row) with its
 * interval by the percentile bootstrap over rows (Efron 1979). The same seed gives the same interval.
 *
 * @returns undefined under two rows, which carry no spread
 * @throws RangeError for a difference that is not a finite number
 */
export function pairedInterval(
  differences: ArrayLike<number>,
  { resamples = 2000, seed = 0, level = 0.95 }: BootstrapOptions = {},
): Interval | undefined {
  const count = differences.length;
  for (let row = 0; row < count; row++) {
    if (!Number.isFinite(differences[row])) throw new RangeError(`the difference of row ${row} is ${differences[row]}`);
  }
  if (count < 2) return undefined;
  const random = new Random(seed);
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let draw = 0; draw < count; draw++) sum += differences[random.nextBelow(count)] as number;
    return sum / count;
  }).sort();
  const tail = (1 - level) / 2;
  return { mean: meanOf(differences), low: quantileOf(means, tail), high: quantileOf(means, 1 - tail) };
}

/** Of a normal distribution, 95 % lie within this many standard deviations. */
const normal95 = 1.959963984540054;

/**
 * Wilson's 95 % interval of a share seen in `count` trials (Wilson 1927): it stays within 0…1 and is of use at small counts.
 *
 * @throws RangeError unless share is in 0…1 and count is above 0
 */
export function wilsonInterval(share: number, count: number): [low: number, high: number] {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`share ${share} is not in 0…1`);
  if (!(count > 0)) throw new RangeError(`count ${count} is not above 0`);
  const squared = normal95 ** 2;
  const centre = share + squared / (2 * count);
  const spread = normal95 * Math.sqrt((share * (1 - share)) / count + squared / (4 * count ** 2));
  const total = 1 + squared / count;
  return [Math.max(0, (centre - spread) / total), Math.min(1, (centre + spread) / total)];
}

/** @returns NaN for no values */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** Null for no values. */
export function meanOrNull(values: ArrayLike<number>): number | null {
  return values.length === 0 ? null : meanOf(values);
}

/** @returns NaN for no values */
export function medianOf(values: ArrayLike<number>): number {
  return values.length === 0 ? Number.NaN : quantileOf(Float64Array.from(values).sort(), 0.5);
}

/** Linear between neighbours, of values in ascending order. */
export function quantileOf(sorted: Float64Array, fraction: number): number {
  const place = fraction * (sorted.length - 1);
  const below = Math.floor(place);
  const lower = sorted[below] as number;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return lower + (place - below) * (upper - lower);
}
