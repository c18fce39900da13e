import { scaleLinear, ticks } from "d3";
import type { BenchmarkMetric } from "@/lib/contract/benchmark";
import { decimalsOf } from "@/lib/numbers/ticks";

/** An axis centred on 0 that several differences of one unit share. */
export type IntervalAxis = { readonly x: (value: number) => number; readonly ticks: readonly number[]; readonly decimals: number };

export type IntervalLayout = {
  readonly zero: number;
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** Whether the interval excludes 0. */
  readonly excludesZero: boolean;
};

type Difference = BenchmarkMetric["difference"];

const edge = 6;

/** An axis centred on 0 that holds all these differences and their intervals; null where none has an interval. */
export function layOutAxis(differences: readonly Difference[], width: number): IntervalAxis | null {
  const ends = differences.flatMap((difference) =>
    difference === null || difference.low === null || difference.high === null ? [] : [difference.value, difference.low, difference.high],
  );
  if (ends.length === 0) return null;
  const most = Math.max(...ends.map(Math.abs)) || 1;
  const x = scaleLinear([-most, most], [edge, width - edge]);
  // Numbers at the very ends would not fit into the width.
  const rounded = ticks(0, most, 4);
  const outer = rounded.findLast((tick) => tick <= 0.8 * most) ?? most;
  const step = (rounded[1] ?? most) - (rounded[0] ?? 0);
  return { x, ticks: [-outer, 0, outer], decimals: decimalsOf(step) };
}

/** Pixels of a difference and its interval; null without an interval. */
export function layOutInterval(difference: Difference, { x }: Pick<IntervalAxis, "x">): IntervalLayout | null {
  if (difference === null || difference.low === null || difference.high === null) return null;
  const { value, low, high } = difference;
  return { zero: x(0), at: x(value), from: x(low), to: x(high), excludesZero: low > 0 || high < 0 };
}
