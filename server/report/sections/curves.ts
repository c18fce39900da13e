import { isEqualCost, sideCosts } from "@/lib/comparison/side-costs";
import { meanCurve, sharedBaseLoss } from "@/lib/comparison/side-curves";
import type { ComparedSide } from "@/lib/contract/comparison";
import { lossAxis, tasks } from "@/lib/contract/tasks/tasks";
import { formatCount, formatDuration, formatFixed } from "@/lib/numbers/format";
import type { Figure, Section, Table } from "@/server/report/document";
import type { ReportMaterial } from "@/server/report/material";
import { type Look, looksOf } from "@/server/report/plots/looks";
import { drawXyPlot, type XySeries } from "@/server/report/plots/xy-plot";

type Axis = {
  readonly key: "step" | "tokens" | "seconds";
  readonly label: string;
  readonly words: string;
  readonly format: (value: number) => string;
};

const axes: readonly Axis[] = [
  { key: "step", label: "step", words: "the step", format: formatCount },
  { key: "tokens", label: "tokens trained on", words: "the tokens trained on", format: formatCount },
  { key: "seconds", label: "training time", words: "training time, without evaluations", format: formatDuration },
];

/** Held-out loss of all sides over the training. */
export function curvesSection({ comparison: { sides } }: ReportMaterial): Section | undefined {
  const figures = axes.filter(({ key }) => key !== "tokens" || !haveEqualTokens(sides)).flatMap((axis) => curveFigure(sides, axis) ?? []);
  return figures.length === 0 ? undefined : { title: "Loss in training", blocks: [{ kind: "figures", figures }] };
}

/** Against tokens the curves are then what they are against steps. */
function haveEqualTokens(sides: readonly ComparedSide[]): boolean {
  const all = sides.flatMap((side) => sideCosts.tokens.of(side) ?? []);
  return all.every((one) => isEqualCost(one, all[0] ?? one));
}

function curveFigure(sides: readonly ComparedSide[], axis: Axis): Figure | undefined {
  const looks = looksOf(sides.map(({ method }) => method));
  const series = sides.flatMap((side, place): XySeries[] => {
    const points = meanCurve(side, axis.key);
    const look: Look | undefined = looks[place];
    return points.length === 0 || look === undefined ? [] : [{ name: side.name, look, points, isJoined: true, ranges: "band" }];
  });
  // Over time and tokens a single evaluation says nothing that the table does not.
  if (series.every(({ points }) => points.length < 2)) return undefined;
  const task = sides[0]?.task ?? "languageModel";
  const base = sharedBaseLoss(sides);
  const most = Math.max(...sides.map(({ runs }) => runs.length));
  const band = most > 1 ? ` Lines: mean over a side's runs; shaded: their range.` : "";
  const title = `Loss on held-out rows (${lossAxis(tasks[task].loss)}) against ${axis.words}.${band}`;
  const alternative = series
    .map(
      ({ name, points }) =>
        `${name}: from ${formatFixed(points[0]?.y ?? Number.NaN, 3)} to ${formatFixed(points.at(-1)?.y ?? Number.NaN, 3)}.`,
    )
    .join(" ");
  const drawing = drawXyPlot({
    alternative,
    xLabel: axis.label,
    yLabel: lossAxis(tasks[task].loss),
    isLogX: false,
    formatX: axis.format,
    series,
    references: base === null ? [] : [{ y: base, label: `${tasks[task].reference.kind} ${formatFixed(base, 3)}` }],
  });
  return { title, alternative, drawing, table: curveTable(series, axis) };
}

function curveTable(series: readonly XySeries[], { key, label, format }: Axis): Table {
  const places = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  // Sides stand at steps that they share; at tokens and seconds each has places of its own.
  if (key !== "step") {
    const rows = series.flatMap(({ name, points }) =>
      points.map(({ x, y, low, high }) => [name, format(x), formatFixed(y, 4), `${formatFixed(low, 4)} to ${formatFixed(high, 4)}`]),
    );
    return {
      caption: `Loss by ${label}`,
      columns: [
        { name: "Side" },
        { name: label, isNumeric: true },
        { name: "Loss", isNumeric: true },
        { name: "Range of the runs", isNumeric: true },
      ],
      rows,
    };
  }
  const rows = places.map((place) => [
    format(place),
    ...series.map(({ points }) => {
      const point = points.find(({ x }) => x === place);
      if (point === undefined) return "–";
      return {
        text: formatFixed(point.y, 4),
        ...(point.high > point.low ? { below: `${formatFixed(point.low, 4)} to ${formatFixed(point.high, 4)}` } : {}),
      };
    }),
  ]);
  return {
    caption: "Loss by step",
    columns: [{ name: "Step", isNumeric: true }, ...series.map(({ name }) => ({ name, isNumeric: true }))],
    rows,
  };
}
