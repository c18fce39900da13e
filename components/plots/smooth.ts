import type { Point } from "./line-chart-layout";

/**
 * Exponential moving average over about `window` points, without the pull of the first value (Adam's correction for a zero start).
 * With a window of 1 or less the points come back as they are.
 */
export function smooth(points: readonly Point[], window: number): Point[] {
  if (window <= 1) return [...points];
  const keep = 1 - 2 / (window + 1);
  let sum = 0;
  let weight = 0;
  return points.map(({ x, y }) => {
    sum = keep * sum + (1 - keep) * y;
    weight = keep * weight + (1 - keep);
    return { x, y: sum / weight };
  });
}
