import { scaleLinear } from "d3";
import type { ScoreLine } from "@/lib/contract/comparison";

export type ForestRow = {
  readonly zero: number;
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** Pixels of each pair of runs. */
  readonly seeds: readonly number[];
  /** The value, in the metric's own size, at the right end; and pixels of it, of its half, and of their negatives. */
  readonly end: number;
  readonly rules: readonly number[];
  /** Ends of the margin within which sides are equivalent; null without one. */
  readonly margin: readonly [from: number, to: number] | null;
  /** The better side if the interval excludes 0; null otherwise. */
  readonly winner: "first" | "second" | null;
};

/**
 * Pixels of a difference and its interval around 0, the first side's advantage always to the left. Each row has its own scale, whose ends are
 * round; null without an interval, or without room.
 */
export function layOutForestRow(
  line: Pick<ScoreLine, "difference" | "bySeed" | "better" | "margin" | "verdict">,
  [left, right]: readonly [left: number, right: number],
): ForestRow | null {
  const { difference, bySeed, better, margin, verdict } = line;
  // Nothing can be drawn before the width is known.
  if (difference === null || right <= left) return null;
  const sign = better === "lower" ? 1 : -1;
  const seeds = bySeed.length > 1 ? bySeed.filter(Number.isFinite) : [];
  const ends = [difference.low ?? difference.value, difference.high ?? difference.value].map((end) => sign * end);
  const most = Math.max(...[difference.value, ...ends, margin ?? 0, ...seeds].map(Math.abs));
  const end = most > 0 ? roundUp(most) : 1;
  const x = scaleLinear([-end, end], [left, right]);
  return {
    zero: x(0),
    at: x(sign * difference.value),
    from: x(Math.min(...ends)),
    to: x(Math.max(...ends)),
    seeds: seeds.map((seed) => x(sign * seed)),
    end,
    rules: [-end, -end / 2, end / 2, end].map(x),
    margin: margin === null ? null : [x(-margin), x(margin)],
    winner: verdict.kind === "better" ? "first" : verdict.kind === "worse" ? "second" : null,
  };
}

/** 1, 2 or 5 times a power of ten, not below. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10) * power;
}
