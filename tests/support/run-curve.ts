import type { CurvePoint, StepMetrics } from "@/lib/contract/run";

/** A curve's point of a single step. */
export function pointOfStep(metrics: StepMetrics): CurvePoint {
  const { loss, gradNorm } = metrics;
  return { ...metrics, steps: 1, lossLow: loss, lossHigh: loss, gradNormLow: gradNorm, gradNormHigh: gradNorm };
}
