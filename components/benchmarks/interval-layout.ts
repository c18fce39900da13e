import { scaleLinear } from "d3";
import type { BenchmarkMetric } from "@/lib/contract/benchmark";

export type IntervalLayout = {
  readonly zero: number;
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** Whether the interval excludes 0. */
  readonly isTold: boolean;
};

const edge = 6;

/** Pixels of a difference and its interval on an axis centred on 0; null without an interval. */
export function layOutInterval(difference: BenchmarkMetric["difference"], width: number): IntervalLayout | null {
  if (difference === null || difference.low === null || difference.high === null) return null;
  const { value, low, high } = difference;
  const most = Math.max(Math.abs(value), Math.abs(low), Math.abs(high)) || 1;
  const x = scaleLinear([-most, most], [edge, width - edge]);
  return { zero: x(0), at: x(value), from: x(low), to: x(high), isTold: low > 0 || high < 0 };
}
