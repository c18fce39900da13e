import { type CurvePoint, mostCurvePoints, type RunCurve, type StepMetrics } from "@/lib/contract/run";

/**
 * A curve with fresh steps, ascending, behind those before them; neighbouring points become one when they are too many, as on the server. A run that
 * resumed from a checkpoint measures steps again: points from the first fresh step on are dropped.
 */
export function appendSteps({ stepsAPoint, metrics }: RunCurve, fresh: readonly StepMetrics[]): RunCurve {
  const first = fresh[0];
  if (first === undefined) return { stepsAPoint, metrics };
  const kept = metrics.findLastIndex(({ step }) => step < first.step) + 1;
  let curve = { stepsAPoint, metrics: metrics.slice(0, kept) };
  for (const step of fresh) {
    addPoint(curve, pointOf(step));
    if (curve.metrics.length > mostCurvePoints) curve = withHalfThePoints(curve);
  }
  return curve;
}

function withHalfThePoints({ stepsAPoint, metrics }: RunCurve): RunCurve {
  const half: RunCurve = { stepsAPoint: 2 * stepsAPoint, metrics: [] };
  for (const point of metrics) addPoint(half, point);
  return half;
}

/** Adds a point behind the others, or to the last one where they lie in the same stretch of steps. Changes `curve`. */
function addPoint({ stepsAPoint, metrics }: RunCurve, point: CurvePoint): void {
  const last = metrics.at(-1);
  const stretch = (step: number) => Math.ceil(step / stepsAPoint);
  if (last === undefined || stretch(last.step) !== stretch(point.step)) metrics.push(point);
  else metrics[metrics.length - 1] = joined(last, point);
}

function pointOf(metrics: StepMetrics): CurvePoint {
  const { loss, gradNorm } = metrics;
  return { ...metrics, steps: 1, lossLow: loss, lossHigh: loss, gradNormLow: gradNorm, gradNormHigh: gradNorm };
}

function joined(one: CurvePoint, other: CurvePoint): CurvePoint {
  const steps = one.steps + other.steps;
  const mean = (a: number, b: number) => (a * one.steps + b * other.steps) / steps;
  return {
    ...other,
    steps,
    loss: mean(one.loss, other.loss),
    lossLow: Math.min(one.lossLow, other.lossLow),
    lossHigh: Math.max(one.lossHigh, other.lossHigh),
    gradNorm: ofBoth(one.gradNorm, other.gradNorm, mean),
    gradNormLow: ofBoth(one.gradNormLow, other.gradNormLow, Math.min),
    gradNormHigh: ofBoth(one.gradNormHigh, other.gradNormHigh, Math.max),
  };
}

function ofBoth(one: number | null, other: number | null, join: (one: number, other: number) => number): number | null {
  if (one === null || other === null) return one ?? other;
  return join(one, other);
}
