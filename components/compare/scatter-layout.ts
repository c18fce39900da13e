import { scaleLinear, scaleLog } from "d3";
import type { PlotBox } from "@/components/plots/line-chart-layout";
import type { Mark } from "@/components/plots/mark";
import type { RangedPoint } from "@/lib/comparison/side-values";
import { linearTicks, type Tick } from "@/lib/numbers/ticks";
import { axisDomain, axisTicks, stepPath } from "@/lib/plots/axis-domain";

/** A side in a plot of score against cost; `low` and `high` are the range over its runs. */
export type ScatterPoint = RangedPoint & {
  readonly label: string;
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
  const xDomain = axisDomain(
    all.map((point) => point.x),
    { isLog: isLogX, room },
  );
  const yDomain = axisDomain(
    all.flatMap(({ low, high }) => [low, high]),
    { isLog: false, room },
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
    xTicks: axisTicks(xDomain, isLogX, formatX),
    yTicks: linearTicks([low, high], 5),
    points,
    lines: series
      .filter(({ isJoined }) => isJoined)
      .map(({ key, mark, ...one }) => ({
        key,
        mark,
        path: pathOf(points.filter((point) => point.series.key === key && one.points.length > 1).sort((a, b) => a.px - b.px)),
      })),
    frontPath: stepPath(front.map((point) => [x(point.x), y(point.y)])),
  };
}

/** Of the range, to either side of the values. */
const room = 0.12;
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

function pathOf(points: readonly PlacedPoint[]): string {
  return points.map(({ px, py }, place) => `${place === 0 ? "M" : "L"}${round(px)},${round(py)}`).join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
