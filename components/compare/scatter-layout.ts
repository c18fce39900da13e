import { extent, scaleLinear, scaleLog } from "d3";
import type { PlotBox } from "@/components/plots/line-chart-layout";
import type { Mark } from "@/components/plots/mark";
import { linearTicks, type Tick, ticksOnLog } from "@/lib/numbers/ticks";

/** A side in a plot of score against cost; `low` and `high` are the range over its runs. */
export type ScatterPoint = {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  /** Drawn paler than the others. */
  readonly isPale?: true;
};
export type ScatterSeries = {
  readonly key: string;
  readonly label: string;
  readonly mark: Mark;
  readonly points: readonly ScatterPoint[];
  /** Joined by a line in ascending x, as of one method over learning rates. */
  readonly isJoined: boolean;
};
export type PlacedPoint = ScatterPoint & {
  readonly series: ScatterSeries;
  readonly px: number;
  readonly py: number;
  readonly pLow: number;
  readonly pHigh: number;
  /** Position of its name, clear of neighbouring names. */
  readonly anchor: "start" | "end";
  readonly nameY: number;
};
export type ScatterLayout = {
  readonly box: PlotBox;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly points: readonly PlacedPoint[];
  readonly lines: readonly { readonly key: string; readonly mark: Mark; readonly path: string }[];
  /** A step line through the points that no other beats. */
  readonly frontPath: string;
};

type ScatterInput = {
  readonly width: number;
  readonly height: number;
  readonly series: readonly ScatterSeries[];
  readonly isLogX: boolean;
  readonly formatX?: (value: number) => string;
  readonly front?: readonly ScatterPoint[];
};

/** Geometry of points with ranges; x may be logarithmic, y holds every range. */
export function layOutScatter({ width, height, series, isLogX, formatX, front = [] }: ScatterInput): ScatterLayout {
  const box = { left: 48, right: Math.max(80, width - 16), top: 24, bottom: height - 36 };
  const all = series.flatMap(({ points }) => points).filter(({ x }) => Number.isFinite(x) && (!isLogX || x > 0));
  const xDomain = padded(
    all.map((point) => point.x),
    isLogX,
  );
  const yDomain = padded(
    all.flatMap(({ low, high }) => [low, high]),
    false,
  );
  const x = isLogX ? scaleLog(xDomain, [box.left, box.right]) : scaleLinear(xDomain, [box.left, box.right]);
  const y = scaleLinear(yDomain, [box.bottom, box.top]).nice(5);
  const place = (point: ScatterPoint, of: ScatterSeries): PlacedPoint => {
    const px = x(point.x);
    const anchor = px > (box.left + box.right) / 2 ? "end" : "start";
    const py = y(point.y);
    return { ...point, series: of, px, py, pLow: y(point.low), pHigh: y(point.high), anchor, nameY: py - 6 };
  };
  const placed = series.flatMap((one) => one.points.filter((point) => all.includes(point)).map((point) => place(point, one)));
  const points = withClearNames(placed);
  const [low = 0, high = 1] = y.domain();
  return {
    box,
    x,
    y,
    xTicks: (isLogX ? ticksOnLog(xDomain, 2, 4) : linearTicks(xDomain, 5)).map((tick) =>
      formatX === undefined ? tick : { value: tick.value, label: formatX(tick.value) },
    ),
    yTicks: linearTicks([low, high], 5),
    points,
    lines: series
      .filter(({ isJoined }) => isJoined)
      .map(({ key, mark, ...one }) => ({
        key,
        mark,
        path: pathOf(points.filter((point) => point.series.key === key && one.points.length > 1).sort((a, b) => a.px - b.px)),
      })),
    frontPath: front
      .map((point, place) => (place === 0 ? `M${round(x(point.x))},${round(y(point.y))}` : `H${round(x(point.x))}V${round(y(point.y))}`))
      .join(""),
  };
}

const [nameHeight, nameWidth] = [12, 110];

/** Moves overlapping names apart, from the top down. */
function withClearNames(points: readonly PlacedPoint[]): PlacedPoint[] {
  const clear: PlacedPoint[] = [];
  for (const point of points.toSorted((a, b) => a.nameY - b.nameY)) {
    const beside = clear.filter((other) => other.anchor === point.anchor && Math.abs(other.px - point.px) < nameWidth);
    const nameY = beside.reduce((at, other) => (Math.abs(other.nameY - at) < nameHeight ? other.nameY + nameHeight : at), point.nameY);
    clear.push({ ...point, nameY });
  }
  return points.map((point) => clear.find((one) => one.series === point.series && one.label === point.label && one.x === point.x) ?? point);
}

/** The point nearest to a pixel; null without points. */
export function nearestPoint({ points }: ScatterLayout, px: number, py: number): PlacedPoint | null {
  return points.reduce<PlacedPoint | null>(
    (best, point) => (best === null || distance(point, px, py) < distance(best, px, py) ? point : best),
    null,
  );
}

function distance(point: PlacedPoint, px: number, py: number): number {
  return Math.hypot(point.px - px, point.py - py);
}

/** Room of a tenth about the values, a factor on a log scale; a unit about a single one. */
function padded(values: readonly number[], isLog: boolean): [number, number] {
  const [low, high] = extent(values);
  if (low === undefined || high === undefined) return isLog ? [0.1, 1] : [0, 1];
  if (isLog) {
    const factor = high > low ? (high / low) ** 0.12 : 3;
    return [low / factor, high * factor];
  }
  const room = high > low ? 0.12 * (high - low) : Math.max(0.05 * Math.abs(low), 1e-6);
  return [low - room, high + room];
}

function pathOf(points: readonly PlacedPoint[]): string {
  return points.map(({ px, py }, place) => `${place === 0 ? "M" : "L"}${round(px)},${round(py)}`).join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
