import { area, scaleLinear, scaleLog } from "d3";
import type { RangedPoint } from "@/lib/comparison/side-values";
import { linearTicks } from "@/lib/numbers/ticks";
import { axisDomain, axisTicks, stepPath } from "@/lib/plots/axis-domain";
import { type Box, drawAxisX, drawAxisY, drawingOf, drawLegend, legendHeight, plotWidth, text } from "./frame";
import { drawMark, type Look } from "./looks";
import { node, pathThrough, type SvgNode } from "./svg";

export type XySeries = {
  readonly name: string;
  readonly look: Look;
  readonly points: readonly RangedPoint[];
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
  readonly front?: readonly RangedPoint[];
};

/** A tenth of the range, to either side of the values. */
const room = 0.1;
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
  const xDomain = axisDomain(
    all.map(({ x }) => x),
    { isLog: isLogX, room: !isLogX && series.some(({ isJoined }) => isJoined) ? 0 : room },
  );
  const yValues = [...all.flatMap(({ y, low, high }) => [y, low, high]), ...references.map(({ y }) => y)];
  const x = isLogX ? scaleLog(xDomain, [box.left, box.right]) : scaleLinear(xDomain, [box.left, box.right]);
  const y = scaleLinear(axisDomain(yValues, { isLog: false, room }), [box.bottom, box.top]);
  const [low = 0, high = 1] = y.domain();
  const place = (point: RangedPoint) => [x(point.x), y(point.y)] as const;
  return drawingOf(
    box.bottom + 40,
    alternative,
    drawLegend(series, { hasLines: series.some(({ isJoined }) => isJoined) }),
    drawAxisY(box, { ticks: linearTicks([low, high], 5), position: y }, yLabel),
    drawAxisX(box, { ticks: axisTicks(xDomain, isLogX, plot.formatX), position: x }, isLogX ? `${xLabel}, logarithmic` : xLabel),
    ...references.map(({ y: at, label }) =>
      node(
        "g",
        {},
        node("line", { class: "reference", x1: box.left, x2: box.right, y1: y(at), y2: y(at) }),
        text(box.right, y(at) - 5, label, { "text-anchor": "end", class: "dim halo" }),
      ),
    ),
    node("path", { d: stepPath(front.map(place)), class: "front" }),
    ...series.map((one) => drawRanges(one, x, y)),
    ...series.map((one) => drawSeries(one, place)),
  );
}

type Scale = (value: number) => number;

function drawRanges({ points, ranges, look }: XySeries, x: Scale, y: Scale): SvgNode {
  if (!points.some(({ low, high }) => high > low)) return node("g");
  if (ranges === "band") {
    const shape = area<RangedPoint>()
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

function drawSeries({ points, isJoined, look }: XySeries, place: (point: RangedPoint) => readonly [number, number]): SvgNode {
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

function isDrawable({ x, y, low, high }: RangedPoint, isLogX: boolean): boolean {
  return [x, y, low, high].every(Number.isFinite) && (!isLogX || x > 0);
}
