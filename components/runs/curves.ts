import type { LineSeries, Point } from "@/components/plots/line-chart-layout";
import { smooth } from "@/components/plots/smooth";
import type { RunDetail, StepMetrics } from "@/lib/contract/run";
import { formatCount, formatDuration } from "@/lib/numbers/format";

/** What the horizontal axis counts since the start of training; operations are those of the forward pass. */
export type XAxis = "step" | "tokens" | "flops" | "time";

export const xAxes = ["step", "tokens", "flops", "time"] as const;
export const xAxisNames: Record<XAxis, string> = {
  step: "step",
  tokens: "tokens",
  flops: "FLOPs, forward, base and adapter",
  time: "training time, s",
};
/** For drawings too small for the whole name. */
export const shortAxisNames: Record<XAxis, string> = { step: "step", tokens: "tokens", flops: "FLOPs", time: "time" };
export const axisFormats: Record<XAxis, (value: number) => string> = {
  step: formatCount,
  tokens: formatCount,
  flops: formatCount,
  time: formatDuration,
};
export const smoothingSteps = 20;

/** Only floating point operations need a count that a run may not have yet. */
export function hasAxis(detail: RunDetail, axis: XAxis): boolean {
  return axis !== "flops" || detail.run.cost !== null;
}

/** Training loss (raw and smoothed over 20 steps) and held-out loss of one run. Evaluations stand where their step stands. */
export function lossSeries(detail: RunDetail, axis: XAxis, key: string, isSecond: boolean): LineSeries {
  const raw = pointsOf(detail, axis, (metrics) => metrics.loss);
  const place = placeOfStep(detail, axis);
  return {
    key,
    label: key,
    mark: detail.run.method,
    line: smooth(raw, smoothingSteps),
    ...(isSecond ? { isSecond } : { raw }),
    points: detail.evaluations.map((evaluation) => ({ x: place(evaluation.step), y: evaluation.loss })),
  };
}

/** One number of each step against the axis. */
export function pointsOf(detail: RunDetail, axis: XAxis, value: (metrics: StepMetrics) => number): Point[] {
  const at = xOf(detail, axis);
  return detail.metrics.map((metrics) => ({ x: at(metrics), y: value(metrics) }));
}

/** Tokens a second between metrics at least half a second apart, so that the clock's grain does not show. */
export function throughputPoints(detail: RunDetail, axis: XAxis): Point[] {
  const at = xOf(detail, axis);
  const points: Point[] = [];
  let from = { tokens: 0, seconds: 0 };
  for (const metrics of detail.metrics) {
    const seconds = metrics.seconds - from.seconds;
    if (seconds < 0.5) continue;
    points.push({ x: at(metrics), y: (metrics.tokens - from.tokens) / seconds });
    from = metrics;
  }
  return points;
}

/** Where the axis ends when the run has gone its whole way; undefined where that can only be guessed. */
export function endOfAxis(detail: RunDetail, axis: XAxis): number | undefined {
  if (axis === "step") return detail.run.steps;
  const last = detail.metrics.at(-1);
  if (!last || last.step === 0) return undefined;
  return (xOf(detail, axis)(last) / last.step) * detail.run.steps;
}

/** Position of a step on the axis, from the metrics around it; step 0 is the origin. */
export function placeOfStep(detail: RunDetail, axis: XAxis): (step: number) => number {
  if (axis === "step") return (step) => step;
  const at = xOf(detail, axis);
  const bySteps = new Map(detail.metrics.map((metrics) => [metrics.step, at(metrics)]));
  const last = detail.metrics.at(-1);
  const perStep = last && last.step > 0 ? at(last) / last.step : 0;
  return (step) => bySteps.get(step) ?? step * perStep;
}

function xOf(detail: RunDetail, axis: XAxis): (metrics: StepMetrics) => number {
  switch (axis) {
    case "step":
      return (metrics) => metrics.step;
    case "tokens":
      return (metrics) => metrics.tokens;
    case "flops": {
      const flopsPerToken = detail.run.cost?.flopsPerToken ?? 0;
      return (metrics) => metrics.tokens * flopsPerToken;
    }
    case "time":
      return (metrics) => metrics.seconds;
  }
}
