import { extent, scaleLinear } from "d3";
import type { RunSummary } from "@/lib/contract/run";

export type DifferenceAxis = { x: (value: number) => number; ticks: number[]; hasZero: boolean; width: number };

/** Nats: differences closer than this are drawn as the same. */
const narrowestHalf = 0.02;
/** Numbers with their signs that stand side by side. */
const mostTicks = 5;

/** An axis for each dataset of the listed runs: losses on different data are not comparable. */
export type DifferenceAxes = {
  readonly of: (run: RunSummary) => DifferenceAxis | null;
  /** The only axis, where all evaluated runs have one dataset. */
  readonly shared: DifferenceAxis | null;
  readonly isAny: boolean;
};

export function differenceAxes(runs: readonly RunSummary[], width: number): DifferenceAxes {
  const byData = new Map<string, DifferenceAxis>();
  for (const dataName of new Set(runs.map((run) => run.dataName))) {
    const axis = differenceAxis(
      runs.filter((run) => run.dataName === dataName),
      width,
    );
    if (axis !== null) byData.set(dataName, axis);
  }
  const [only] = byData.values();
  return {
    of: (run) => byData.get(run.dataName) ?? null,
    shared: byData.size === 1 && only !== undefined ? only : null,
    isAny: byData.size > 0,
  };
}

/** Whether a run has a difference to draw: before the first step it is 0 by construction, and a classifier is compared with a constant prediction. */
export function isDrawn({ latestEvaluation, isImported }: RunSummary): boolean {
  return latestEvaluation !== null && (latestEvaluation.step > 0 || isImported) && latestEvaluation.answers == null;
}

/**
 * One axis for the evaluation loss of runs against their base models. It holds every interval, and zero where that
 * does not squeeze the rest into less than half the width. Null while no run has been evaluated.
 */
export function differenceAxis(runs: readonly RunSummary[], width: number): DifferenceAxis | null {
  const ends = runs.filter(isDrawn).flatMap(({ latestEvaluation }) => {
    if (latestEvaluation === null) return [];
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
