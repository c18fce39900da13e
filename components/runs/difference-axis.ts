import { extent, scaleLinear } from "d3";
import type { RunSummary } from "@/lib/contract/run";

export type DifferenceAxis = { x: (value: number) => number; ticks: number[]; hasZero: boolean; width: number };

/** Nats: differences closer than this are drawn as the same. */
const narrowestHalf = 0.02;
/** Numbers with their signs that stand side by side. */
const mostTicks = 5;

/**
 * One axis for the evaluation loss of all listed runs against their base models. It holds every interval, and zero where that
 * does not squeeze the rest into less than half the width. Null while no run has been evaluated.
 */
export function differenceAxis(runs: readonly RunSummary[], width: number): DifferenceAxis | null {
  const ends = runs.flatMap(({ latestEvaluation }) => {
    // A classifier is compared with a constant prediction, not with a base model.
    if (!latestEvaluation || latestEvaluation.answers != null) return [];
    const half = latestEvaluation.differenceHalfWidth ?? 0;
    return [latestEvaluation.difference - half, latestEvaluation.difference + half];
  });
  const [low, high] = extent(ends);
  if (low === undefined || high === undefined) return null;
  const spread = Math.max(high - low, 0.01);
  const withZero: [number, number] = [Math.min(low, 0), Math.max(high, 0)];
  const isZeroNear = withZero[1] - withZero[0] <= 2 * spread;
  const domain = isZeroNear ? withZero : ([low, high] satisfies [number, number]);
  const middle = (domain[0] + domain[1]) / 2;
  const half = Math.max((domain[1] - domain[0]) / 2, narrowestHalf);
  const scale = scaleLinear([middle - half, middle + half], [16, width - 16]).nice(4);
  const [from = 0, to = 0] = scale.domain();
  const ticks = [4, 3, 2].map((count) => scale.ticks(count)).find((some) => some.length <= mostTicks) ?? scale.ticks(1);
  return { x: scale, ticks, hasZero: from <= 0 && to >= 0, width };
}
