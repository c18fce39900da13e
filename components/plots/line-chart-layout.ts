import {
  area as areaPath,
  bisectCenter,
  extent,
  line as linePath,
  quantileSorted,
  type ScaleContinuousNumeric,
  scaleLinear,
  scaleLog,
} from "d3";
import { linearTicks, type Tick, ticksOnLog } from "@/lib/numbers/ticks";
import type { Mark } from "./mark";

export type Point = { readonly x: number; readonly y: number };

export type BandPoint = { readonly x: number; readonly low: number; readonly high: number };

/** What one subject, most often a run, shows. Points are in ascending x; those that are not finite are left out. */
export type LineSeries = {
  readonly key: string;
  readonly label: string;
  readonly mark: Mark;
  /** A value a step, or the smoothed trace where `raw` is given too. */
  readonly line?: readonly Point[];
  /** The unsmoothed trace, drawn faintly below. */
  readonly raw?: readonly Point[];
  /** Rare exact values, such as evaluations: marks, joined by a thin line. */
  readonly points?: readonly Point[];
  /** Lowest and highest about the line, such as of several seeds: shaded. */
  readonly band?: readonly BandPoint[];
  /** What is still to come, dashed. */
  readonly ahead?: readonly Point[];
  /** A second series of the same mark: paler, with hollow marks. */
  readonly isSecond?: boolean;
};

/** A horizontal line that values are judged by. */
export type Reference = { readonly y: number; readonly label: string };

export type LineChartInput = {
  readonly width: number;
  readonly height: number;
  readonly series: readonly LineSeries[];
  readonly references?: readonly Reference[];
  /** Ends of x where the data does not yet reach them. */
  readonly xDomain?: readonly [number, number];
  /** Values that y must hold. */
  readonly yIncludes?: readonly number[];
  readonly isLogY?: boolean;
  /** Leaves room at the right for labels at line ends. */
  readonly hasEndLabels?: boolean;
  readonly formatX?: (value: number) => string;
  readonly formatY?: (value: number) => string;
};

export type PlotBox = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
type DrawnSeries = {
  readonly series: LineSeries;
  readonly linePath: string;
  readonly rawPath: string;
  readonly pointsPath: string;
  readonly aheadPath: string;
  readonly bandPath: string;
  readonly marks: readonly Point[];
};
export type EndLabel = { readonly key: string; readonly label: string; readonly mark: Mark; readonly value: number; readonly y: number };

export type LineChartLayout = {
  readonly box: PlotBox;
  readonly x: ScaleContinuousNumeric<number, number>;
  readonly y: ScaleContinuousNumeric<number, number>;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly drawn: readonly DrawnSeries[];
  readonly endLabels: readonly EndLabel[];
  /** Every x at which a value is drawn, ascending. */
  readonly stops: readonly number[];
};

const narrow = 420;
const endLabelRoom = 96;

/** Geometry of a line chart: scales, ticks, paths in pixels. Empty series give empty paths; no data gives the unit square. */
export function layOutLineChart(input: LineChartInput): LineChartLayout {
  const { width, height, isLogY = false } = input;
  const series = input.series.map((one) => cleaned(one, isLogY));
  const hasEndLabels = (input.hasEndLabels ?? false) && width >= narrow;
  const box = { left: 44, right: Math.max(60, width - (hasEndLabels ? endLabelRoom : 12)), top: 24, bottom: height - 36 };

  const xDomain = domainOfX(series, input.xDomain);
  const yDomain = domainOfY(series, input);
  const x = scaleLinear(xDomain, [box.left, box.right]);
  const y = (isLogY ? scaleLog(yDomain, [box.bottom, box.top]) : scaleLinear(yDomain, [box.bottom, box.top])).nice(5);
  const [low = 0, high = 1] = y.domain();

  const xTicks = linearTicks(xDomain, Math.max(2, Math.min(6, Math.floor((box.right - box.left) / 80))));
  const yTicks = isLogY ? ticksOnLog([low, high], 3, 5) : linearTicks([low, high], 5);
  const { formatX, formatY } = input;
  return {
    box,
    x,
    y,
    xTicks: formatX === undefined ? xTicks : xTicks.map(({ value }) => ({ value, label: formatX(value) })),
    yTicks: formatY === undefined ? yTicks : yTicks.map(({ value }) => ({ value, label: formatY(value) })),
    drawn: series.map((one) => draw(one, x, y)),
    endLabels: hasEndLabels ? placeEndLabels(series, y, box) : [],
    stops: stopsOf(series),
  };
}

/** The drawn x nearest to a pixel: a point within 6 px wins over the denser line. */
export function nearestStop(layout: LineChartLayout, pixel: number): number | null {
  if (layout.stops.length === 0) return null;
  const marked = layout.drawn.flatMap(({ marks }) => marks.map((mark) => mark.x));
  const snapped = marked.reduce<number | null>((best, at) => {
    const distance = Math.abs(layout.x(at) - pixel);
    return distance <= 6 && (best === null || distance < Math.abs(layout.x(best) - pixel)) ? at : best;
  }, null);
  return snapped ?? layout.stops[bisectCenter(layout.stops, layout.x.invert(pixel))] ?? null;
}

/** What each series has at `at`: the line's nearest value within its extent, the point's value where one stands there. */
export function readOut(layout: LineChartLayout, at: number): { series: LineSeries; line: number | null; point: number | null }[] {
  return layout.drawn.map(({ series, marks }) => ({
    series,
    line: valueAt(series.line ?? [], at),
    point: marks.find((mark) => Math.abs(layout.x(mark.x) - layout.x(at)) <= 0.5)?.y ?? null,
  }));
}

/** Points thinned to the lowest and highest of each pixel column, which draws the same picture. */
export function thinToPixels(points: readonly Point[], x: (value: number) => number): Point[] {
  if (points.length < 4) return [...points];
  const kept: Point[] = [];
  let column = Number.NaN;
  let low: Point | null = null;
  let high: Point | null = null;
  const flush = () => {
    if (low === null || high === null) return;
    if (low === high) kept.push(low);
    else kept.push(...(low.x <= high.x ? [low, high] : [high, low]));
  };
  for (const point of points) {
    const at = Math.floor(x(point.x));
    if (at !== column) {
      flush();
      column = at;
      low = point;
      high = point;
      continue;
    }
    if (low !== null && point.y < low.y) low = point;
    if (high !== null && point.y >= high.y) high = point;
  }
  flush();
  return kept;
}

function cleaned(series: LineSeries, isLogY: boolean): LineSeries {
  const clean = (points: readonly Point[] | undefined) =>
    points?.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y) && (!isLogY || point.y > 0)) ?? [];
  return {
    ...series,
    line: clean(series.line),
    raw: clean(series.raw),
    points: clean(series.points),
    ahead: clean(series.ahead),
    band: cleanBand(series.band, isLogY),
  };
}

function cleanBand(band: readonly BandPoint[] | undefined, isLogY: boolean): BandPoint[] {
  return (band ?? []).filter(({ x, low, high }) => [x, low, high].every(Number.isFinite) && (!isLogY || low > 0));
}

function domainOfX(series: readonly LineSeries[], wanted: readonly [number, number] | undefined): [number, number] {
  const values = series.flatMap((one) =>
    [...(one.line ?? []), ...(one.raw ?? []), ...(one.points ?? []), ...(one.ahead ?? [])].map((point) => point.x),
  );
  const [low, high] = extent([...values, ...(wanted ?? [])]);
  if (low === undefined || high === undefined) return [0, 1];
  return high > low ? [low, high] : [low, low + 1];
}

/** Holds every line, point and reference; of raw traces the middle 99 %, so that one spike does not flatten the rest. */
function domainOfY(series: readonly LineSeries[], input: LineChartInput): [number, number] {
  const isUsable = (value: number) => Number.isFinite(value) && (!(input.isLogY ?? false) || value > 0);
  const values = series.flatMap((one) => [...(one.line ?? []), ...(one.points ?? []), ...(one.ahead ?? [])].map((point) => point.y));
  for (const one of series) for (const { low, high } of one.band ?? []) values.push(low, high);
  for (const one of series) {
    const raw = (one.raw ?? []).map((point) => point.y).sort((a, b) => a - b);
    for (const quantile of [0.005, 0.995]) {
      const value = quantileSorted(raw, quantile);
      if (value !== undefined) values.push(value);
    }
  }
  values.push(...(input.references ?? []).map((reference) => reference.y), ...(input.yIncludes ?? []));
  const [low, high] = extent(values.filter(isUsable));
  if (low === undefined || high === undefined) return input.isLogY ? [0.1, 1] : [0, 1];
  if (high > low) return [low, high];
  return input.isLogY ? [low / 2, low * 2] : [low - Math.max(0.5 * Math.abs(low), 1e-6), low + Math.max(0.5 * Math.abs(low), 1e-6)];
}

function draw(series: LineSeries, x: (value: number) => number, y: (value: number) => number): DrawnSeries {
  const round = (value: number) => Math.round(value * 10) / 10;
  const path = linePath<Point>(
    (point) => round(x(point.x)),
    (point) => round(y(point.y)),
  );
  const band = areaPath<BandPoint>()
    .x((point) => round(x(point.x)))
    .y0((point) => round(y(point.low)))
    .y1((point) => round(y(point.high)));
  const thinned = (points: readonly Point[] | undefined) => path(thinToPixels(points ?? [], x)) ?? "";
  return {
    series,
    linePath: thinned(series.line),
    rawPath: thinned(series.raw),
    pointsPath: path([...(series.points ?? [])]) ?? "",
    aheadPath: thinned(series.ahead),
    bandPath: band([...(series.band ?? [])]) ?? "",
    marks: series.points ?? [],
  };
}

/** Labels at the height of each series' last value, moved apart to 28 px and kept above the box's foot. */
function placeEndLabels(series: readonly LineSeries[], y: (value: number) => number, box: PlotBox): EndLabel[] {
  const wanted = series.flatMap((one) => {
    const last = one.points?.at(-1) ?? one.line?.at(-1);
    return last === undefined ? [] : [{ key: one.key, label: one.label, mark: one.mark, value: last.y, y: y(last.y) }];
  });
  wanted.sort((a, b) => a.y - b.y);
  const gap = 28;
  const placed: EndLabel[] = [];
  for (const label of wanted) {
    const above = placed.at(-1);
    placed.push({ ...label, y: above === undefined ? label.y : Math.max(label.y, above.y + gap) });
  }
  // From below again: those that stand too low move up, and of the others only such as are in their way.
  let lowest = box.bottom - 14;
  return placed
    .toReversed()
    .map((label) => {
      const y = Math.min(label.y, lowest);
      lowest = y - gap;
      return { ...label, y };
    })
    .toReversed();
}

function stopsOf(series: readonly LineSeries[]): number[] {
  const all = new Set<number>();
  for (const one of series) for (const points of [one.line, one.points]) for (const point of points ?? []) all.add(point.x);
  return [...all].sort((a, b) => a - b);
}

function valueAt(points: readonly Point[], at: number): number | null {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || at < first.x || at > last.x) return null;
  const nearest = bisectCenter(
    points.map((point) => point.x),
    at,
  );
  return points[nearest]?.y ?? null;
}
