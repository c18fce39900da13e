import { area, extent, scaleLinear, scaleLog } from "d3";
import { linearTicks, ticksOnLog } from "@/lib/numbers/ticks";
import { type Box, drawAxisX, drawAxisY, drawingOf, drawLegend, legendHeight, plotWidth, text } from "./frame";
import { drawMark, type Look } from "./looks";
import { lengthOf, node, pathThrough, type SvgNode } from "./svg";

/** A value with the range of the runs behind it. */
export type XyPoint = { readonly x: number; readonly y: number; readonly low: number; readonly high: number };

export type XySeries = {
  readonly name: string;
  readonly look: Look;
  readonly points: readonly XyPoint[];
  /** Joined in ascending x. */
  readonly isJoined: boolean;
  /** How ranges are drawn: shaded along a line, or as a bar at each point. */
  readonly ranges: "band" | "bars";
};

export type XyPlot = {
  readonly alternative: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly isLogX: boolean;
  /** `tall` unless told. */
  readonly height?: "tall" | "low";
  readonly formatX?: (value: number) => string;
  readonly series: readonly XySeries[];
  /** Horizontal lines that values are judged by. */
  readonly references?: readonly { readonly y: number; readonly label: string }[];
  /** Steps along the points that no other beats, in ascending x. */
  readonly front?: readonly XyPoint[];
};

const heights = { tall: 230, low: 150 };
/** A line of more points is drawn without marks. */
const mostMarks = 24;

/** Series over one another on two axes. Points without a number, or without a logarithm where x has one, are left out. */
export function drawXyPlot(plot: XyPlot): SvgNode {
  const { isLogX, xLabel, yLabel, alternative, references = [], front = [] } = plot;
  const series = plot.series.map((one) => ({ ...one, points: one.points.filter((point) => isDrawable(point, isLogX)) }));
  const all = series.flatMap(({ points }) => points);
  const legend = legendHeight(series.length);
  const top = legend + 30;
  const box: Box = { left: 56, right: plotWidth - 26, top, bottom: top + heights[plot.height ?? "tall"] };
  const xDomain = domainOf(
    all.map(({ x }) => x),
    isLogX ? "log" : series.some(({ isJoined }) => isJoined) ? "tight" : "padded",
  );
  const yValues = [...all.flatMap(({ y, low, high }) => [y, low, high]), ...references.map(({ y }) => y)];
  const x = isLogX ? scaleLog(xDomain, [box.left, box.right]) : scaleLinear(xDomain, [box.left, box.right]);
  const y = scaleLinear(domainOf(yValues, "padded"), [box.bottom, box.top]);
  const [low = 0, high = 1] = y.domain();
  const given = isLogX ? ticksOnLog(xDomain, 2, 4) : linearTicks(xDomain, 5);
  const { formatX } = plot;
  const xTicks = formatX === undefined ? given : given.map(({ value }) => ({ value, label: formatX(value) }));
  const place = (point: XyPoint) => [x(point.x), y(point.y)] as const;
  const frontPath = front
    .map((point, at) =>
      at === 0 ? `M${lengthOf(x(point.x))},${lengthOf(y(point.y))}` : `H${lengthOf(x(point.x))}V${lengthOf(y(point.y))}`,
    )
    .join("");
  return drawingOf(
    box.bottom + 40,
    alternative,
    drawLegend(series, { hasLines: series.some(({ isJoined }) => isJoined) }),
    drawAxisY(box, { ticks: linearTicks([low, high], 5), position: y }, yLabel),
    drawAxisX(box, { ticks: xTicks, position: x }, isLogX ? `${xLabel}, logarithmic` : xLabel),
    ...references.map(({ y: at, label }) =>
      node(
        "g",
        {},
        node("line", { class: "reference", x1: box.left, x2: box.right, y1: y(at), y2: y(at) }),
        text(box.right, y(at) - 5, label, { "text-anchor": "end", class: "dim halo" }),
      ),
    ),
    node("path", { d: frontPath, class: "front" }),
    ...series.map((one) => drawRanges(one, x, y)),
    ...series.map((one) => drawSeries(one, place)),
  );
}

type Scale = (value: number) => number;

function drawRanges({ points, ranges, look }: XySeries, x: Scale, y: Scale): SvgNode {
  if (!points.some(({ low, high }) => high > low)) return node("g");
  if (ranges === "band") {
    const shape = area<XyPoint>()
      .x((point) => Math.round(x(point.x) * 10) / 10)
      .y0((point) => Math.round(y(point.low) * 10) / 10)
      .y1((point) => Math.round(y(point.high) * 10) / 10);
    return node("path", { d: shape([...points]) ?? "", fill: look.colour, "fill-opacity": 0.16 });
  }
  const bars = points.map((point) =>
    node("line", { x1: x(point.x), x2: x(point.x), y1: y(point.low), y2: y(point.high), stroke: look.colour, "stroke-width": 1.5 }),
  );
  return node("g", { opacity: 0.65 }, ...bars);
}

function drawSeries({ points, isJoined, look }: XySeries, place: (point: XyPoint) => readonly [number, number]): SvgNode {
  const path = pathThrough(points.map(place));
  const line = { d: path, fill: "none", stroke: look.colour, "stroke-width": 2, "stroke-dasharray": look.dashes };
  const marked = isJoined && points.length > mostMarks ? [] : points;
  return node(
    "g",
    {},
    ...(isJoined && points.length > 1 ? [node("path", line)] : []),
    ...marked.map((point) => drawMark(look, ...place(point), 4)),
  );
}

function isDrawable({ x, y, low, high }: XyPoint, isLogX: boolean): boolean {
  return [x, y, low, high].every(Number.isFinite) && (!isLogX || x > 0);
}

/** Ends of an axis about its values: with a tenth of room, with none, or with a factor; about a single value some room. */
function domainOf(values: readonly number[], kind: "padded" | "tight" | "log"): [number, number] {
  const [low, high] = extent(values);
  if (low === undefined || high === undefined) return kind === "log" ? [0.1, 1] : [0, 1];
  if (kind === "log") {
    const factor = high > low ? (high / low) ** 0.1 : 3;
    return [low / factor, high * factor];
  }
  if (high === low) return [low - Math.max(0.05 * Math.abs(low), 1e-6), high + Math.max(0.05 * Math.abs(high), 1e-6)];
  const room = kind === "tight" ? 0 : 0.1 * (high - low);
  return [low - room, high + room];
}
