import { bisector } from "d3";
import type { LineSeries, Point } from "@/components/plots/line-chart-layout";
import { smooth } from "@/components/plots/smooth";
import type { CurvePoint, RunDetail, StepMetrics } from "@/lib/contract/run";
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

/** Floating point operations need a count that a run may not have yet; a trainer elsewhere may have logged no tokens and no times. */
export function hasAxis(detail: RunDetail, axis: XAxis): boolean {
  if (axis === "flops" && detail.run.cost === null) return false;
  const at = xOf(detail, axis);
  return detail.metrics.length === 0 || detail.metrics.some((metrics) => at(metrics) !== null);
}

/** Training loss (raw and smoothed over 20 steps) and held-out loss of one run. Evaluations stand where their step stands. */
export function lossSeries(detail: RunDetail, axis: XAxis, key: string, isSecond: boolean): LineSeries {
  const place = placeOfStep(detail, axis);
  return {
    key,
    label: key,
    mark: detail.run.method,
    line: smoothed(
      detail,
      pointsOf(detail, axis, (metrics) => metrics.loss),
    ),
    ...(isSecond ? { isSecond } : { raw: spreadOf(detail, axis, lossEnds) }),
    points: [...detail.evaluations, ...(detail.imported?.evaluations ?? [])].map(({ step, loss }) => ({ x: place(step), y: loss })),
  };
}

/** The gradient norm before clipping, raw and smoothed. */
export function gradientNorms(detail: RunDetail, axis: XAxis): { raw: Point[]; line: Point[] } {
  const line = pointsOf(detail, axis, (metrics) => metrics.gradNorm);
  return { raw: spreadOf(detail, axis, ({ gradNormLow, gradNormHigh }) => [gradNormLow, gradNormHigh]), line: smoothed(detail, line) };
}

const lossEnds = ({ lossLow, lossHigh }: CurvePoint) => [lossLow, lossHigh] as const;

/** Points that already are means of several steps are smoothed over fewer of them. */
function smoothed(detail: RunDetail, points: readonly Point[]): Point[] {
  return smooth(points, smoothingSteps / detail.stepsAPoint);
}

/** The lowest and the highest value of each point's steps, so that a spike stays however many steps a point stands for. */
function spreadOf(detail: RunDetail, axis: XAxis, ends: (point: CurvePoint) => readonly [number | null, number | null]): Point[] {
  const at = xOf(detail, axis);
  return detail.metrics.flatMap((point) => {
    const [x, [low, high]] = [at(point), ends(point)];
    if (x === null || low === null || high === null) return [];
    return low === high ? [{ x, y: low }] : [low, high].map((y) => ({ x, y }));
  });
}

/** One number of each point against the axis, where both are known. */
export function pointsOf(detail: RunDetail, axis: XAxis, value: (metrics: CurvePoint) => number | null): Point[] {
  const at = xOf(detail, axis);
  return detail.metrics.flatMap((metrics) => {
    const [x, y] = [at(metrics), value(metrics)];
    return x === null || y === null ? [] : [{ x, y }];
  });
}

/** Tokens a second between metrics at least half a second apart, so that the clock's grain does not show. */
export function throughputPoints(detail: RunDetail, axis: XAxis): Point[] {
  const at = xOf(detail, axis);
  const points: Point[] = [];
  let from = { tokens: 0, seconds: 0 };
  for (const metrics of detail.metrics) {
    const { tokens, seconds } = metrics;
    const x = at(metrics);
    if (tokens === null || seconds === null || x === null || seconds - from.seconds < 0.5) continue;
    points.push({ x, y: (tokens - from.tokens) / (seconds - from.seconds) });
    from = { tokens, seconds };
  }
  return points;
}

/** Where the axis ends when the run has gone its whole way; undefined where that can only be guessed. */
export function endOfAxis(detail: RunDetail, axis: XAxis): number | undefined {
  if (axis === "step") return detail.run.steps;
  const last = lastPlaced(detail, axis);
  return last && (last.x / last.step) * detail.run.steps;
}

/** Position of a step on the axis, between the points about it; step 0 is the origin, and beyond the last point steps have their mean length. */
export function placeOfStep(detail: RunDetail, axis: XAxis): (step: number) => number {
  if (axis === "step") return (step) => step;
  const at = xOf(detail, axis);
  const known = [{ step: 0, x: 0 }, ...detail.metrics.flatMap((point) => placedAt(point.step, at(point)))];
  const last = lastPlaced(detail, axis);
  const perStep = last ? last.x / last.step : 0;
  return (step) => {
    const next = stepBisector.left(known, step);
    const [before, after] = [known[next - 1], known[next]];
    if (after === undefined) return step * perStep;
    if (before === undefined || after.step === step) return after.x;
    return before.x + ((step - before.step) / (after.step - before.step)) * (after.x - before.x);
  };
}

const stepBisector = bisector(({ step }: { step: number }) => step);

function placedAt(step: number, x: number | null) {
  return x === null ? [] : [{ step, x }];
}

/** The last step whose place on the axis is known. */
function lastPlaced(detail: RunDetail, axis: XAxis): { step: number; x: number } | undefined {
  const at = xOf(detail, axis);
  const last = detail.metrics.findLast((metrics) => metrics.step > 0 && at(metrics) !== null);
  const x = last && at(last);
  return last === undefined || x === undefined || x === null ? undefined : { step: last.step, x };
}

/** What a point has on the axis; null where it is not known. */
export function xOf(detail: RunDetail, axis: XAxis): (metrics: StepMetrics) => number | null {
  switch (axis) {
    case "step":
      return (metrics) => metrics.step;
    case "tokens":
      return (metrics) => metrics.tokens;
    case "flops": {
      const flopsPerToken = detail.run.cost?.flopsPerToken ?? 0;
      return ({ tokens }) => (tokens === null ? null : tokens * flopsPerToken);
    }
    case "time":
      return (metrics) => metrics.seconds;
  }
}
