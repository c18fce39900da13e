import { area, extent, line, type ScaleContinuousNumeric, scaleLinear, scaleLog } from "d3";
import type { PlotBox } from "@/components/plots/line-chart-layout";
import { linearTicks, logTicks, type Tick } from "@/lib/numbers/ticks";
import type { DoseCurve } from "./dose-curves";

export type DosePlotInput = {
  readonly width: number;
  readonly height: number;
  readonly curve: DoseCurve;
  /** Values that will be set, so that the axis stands still while they come. */
  readonly values: readonly number[];
  /** Places on the axis of values that have a name: `p99`, `2 × p99`; the first of two that would touch is shown. */
  readonly named: readonly Tick[];
  /** Values up to which the latent was seen; null where that is not known. */
  readonly seen: readonly [number, number] | null;
  /** Whether powers of ten are as far apart as one another; what is not above 0 is then left out. */
  readonly isLogY: boolean;
};

export type DosePlotLayout = {
  readonly box: PlotBox;
  readonly x: ScaleContinuousNumeric<number, number>;
  readonly y: ScaleContinuousNumeric<number, number>;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  /** Where the latent was never seen. */
  readonly hatched: readonly { readonly x: number; readonly width: number }[];
  readonly band: string;
  readonly interval: string;
  readonly line: string;
  readonly marks: readonly { readonly x: number; readonly y: number }[];
  /** Horizontal lines; null where out of sight or not there. */
  readonly adapterY: number | null;
  readonly baseY: number | null;
};

const least = 1e-9;
/** Of a logarithmic axis: decades below its top that are shown at most. */
const mostDecades = 5;

/** Geometry of one quantity over the values: the latent's line with its interval over the band of the random latents. */
export function layOutDosePlot(input: DosePlotInput): DosePlotLayout {
  const { width, height, curve, values, named, seen, isLogY } = input;
  const box = { left: 50, right: width - 8, top: 10, bottom: height - 24 };
  const x = scaleLinear(spread(values), [box.left, box.right]);
  const range: [number, number] = [box.bottom, box.top];
  const y = isLogY ? scaleLog(logSpread(reach(curve)), range) : scaleLinear(spread(reach(curve)), range).nice(4);
  const [low = 0, high = 1] = y.domain();
  const isDrawn = (value: number) => !isLogY || value > 0;
  const level = (value: number) => y(isLogY ? Math.max(value, low) : value);
  const points = curve.points.filter((point) => isDrawn(point.y));
  const band = curve.band.filter((one) => isDrawn(one.high));
  const between = <Datum extends { readonly x: number }>(from: (d: Datum) => number, to: (d: Datum) => number) =>
    area<Datum>()
      .x((d) => x(d.x))
      .y0((d) => level(from(d)))
      .y1((d) => level(to(d)));
  const inSight = (value: number | null) => (value === null || value < low || value > high ? null : y(value));
  return {
    box,
    x,
    y,
    xTicks: named.length > 1 ? apart(named, x) : linearTicks(spread(values), Math.max(2, Math.floor((box.right - box.left) / 60))),
    yTicks: isLogY ? logTicks([low, high], 4) : someTicks([low, high]),
    hatched: unseen(seen, x),
    band:
      between<(typeof band)[number]>(
        (d) => d.low,
        (d) => d.high,
      )(band) ?? "",
    interval:
      between<(typeof points)[number]>(
        (d) => d.y - (d.halfWidth ?? 0),
        (d) => d.y + (d.halfWidth ?? 0),
      )(points) ?? "",
    line:
      line<(typeof points)[number]>()
        .x((d) => x(d.x))
        .y((d) => y(d.y))(points) ?? "",
    marks: points.map((point) => ({ x: x(point.x), y: y(point.y) })),
    adapterY: inSight(curve.adapter),
    baseY: inSight(curve.base),
  };
}

/** The value that is nearest to a pixel. */
export function nearestValue({ x }: Pick<DosePlotLayout, "x">, values: readonly number[], pixel: number): number | null {
  return values.reduce<number | null>(
    (best, value) => (best === null || Math.abs(x(value) - pixel) < Math.abs(x(best) - pixel) ? value : best),
    null,
  );
}

/** All that has to be in sight; 0 where a quantity is measured from there. The base model only where it does not squeeze the rest. */
function reach({ points, band, adapter, base, reference }: DoseCurve): number[] {
  const own = [
    ...points.flatMap(({ y, halfWidth }) => [y - (halfWidth ?? 0), y + (halfWidth ?? 0)]),
    ...band.flatMap(({ low, high }) => [low, high]),
    ...(reference === "zero" ? [0] : adapter === null ? [] : [adapter]),
  ];
  if (reference === "zero" || base === null) return own;
  const [low, high] = spread(own);
  const room = high - low;
  return base >= low - room && base <= high + room ? [...own, base] : own;
}

/** Four at most, or more where so few would be one. */
function someTicks(domain: readonly [number, number]): Tick[] {
  const tried = [4, 5, 7].map((most) => linearTicks(domain, most));
  return tried.find((ticks) => ticks.length > 1) ?? [];
}

function spread(values: readonly number[]): [number, number] {
  const [low = 0, high = 1] = extent(values);
  return high - low > least ? [low, high] : [low - 0.5, high + 0.5];
}

function logSpread(values: readonly number[]): [number, number] {
  const [low = 0.1, high = 1] = extent(values.filter((value) => value > least));
  const top = 10 ** Math.ceil(Math.log10(high) - least);
  return [Math.max(Math.min(10 ** Math.floor(Math.log10(low) + least), top / 10), top / 10 ** mostDecades), top];
}

function unseen(seen: DosePlotInput["seen"], x: ScaleContinuousNumeric<number, number>): { x: number; width: number }[] {
  if (seen === null) return [];
  const [left = 0, right = 0] = x.range();
  const within = (value: number) => Math.min(right, Math.max(left, x(value)));
  const [from, to] = [within(seen[0]), within(seen[1])];
  return [
    { x: left, width: from - left },
    { x: to, width: right - to },
  ].filter(({ width }) => width > 0.5);
}

/** Named places whose labels do not touch; of two that would, the first stays. */
function apart(named: readonly Tick[], x: (value: number) => number): Tick[] {
  const kept: Tick[] = [];
  for (const tick of named) {
    const isFree = kept.every((other) => Math.abs(x(other.value) - x(tick.value)) > 3.4 * (other.label.length + tick.label.length));
    if (isFree) kept.push(tick);
  }
  return kept;
}
