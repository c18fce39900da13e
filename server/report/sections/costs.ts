import { mainScore, scoreAxis, scoreName } from "@/lib/comparison/score-words";
import { hasEnded, isComparable, isEqualCost, type SideCost, sideCosts } from "@/lib/comparison/side-costs";
import { rangedPoint, valuesOf } from "@/lib/comparison/side-values";
import type { ComparedSide, ScoreOfSides } from "@/lib/contract/comparison";
import { formatCount, formatSigned, formatSignificant } from "@/lib/numbers/format";
import { meanOrNull } from "@/lib/numbers/intervals";
import { paretoFront } from "@/lib/numbers/statistics/pareto-front";
import { type Block, type Figure, type Section, type Table, transposed } from "@/server/report/document";
import { namedPairs, type ReportMaterial } from "@/server/report/material";
import { looksOf } from "@/server/report/plots/looks";
import { drawXyPlot } from "@/server/report/plots/xy-plot";
import { writeScore } from "@/server/report/words/score-words";

/** More sides than these stand in rows. */
const mostColumns = 6;

/** What each side took, and what it got for it. */
export function costsSection(material: ReportMaterial): Section {
  const { sides } = material.comparison;
  const table = costTable(sides);
  const blocks: Block[] = [{ kind: "table", ...(sides.length > mostColumns ? transposed(table) : table) }];
  const [pair] = namedPairs(material);
  const score = pair === undefined ? undefined : mainScore(pair.scorecard.lines, pair.scorecard.scores);
  if (pair !== undefined && score !== undefined) {
    const forgetting = pair.scorecard.scores.find(({ isForgetting, key }) => isForgetting && key !== score.key);
    const figures = paretoAxes(forgetting).flatMap((axis) => paretoFigure(sides, score, axis) ?? []);
    if (figures.length > 0) blocks.push({ kind: "paragraph", text: paretoWords }, { kind: "figures", figures });
  }
  return { title: "Costs", blocks };
}

const paretoWords =
  "Score against cost. Marks are means over a side's runs, bars their range. The dashed line is the Pareto front; with few sides it adds little to the table.";

function costTable(sides: readonly ComparedSide[]): Table {
  const rows = Object.values<SideCost>(sideCosts).flatMap((cost) => {
    const { longName, of, format, isMeasured, grows } = cost;
    const values = sides.map(of);
    if (values.every((value) => value === null)) return [];
    const [first = null] = values;
    const cells = values.map((value, place) => {
      const [one, other] = [sides[0], sides[place]];
      if (value === null || one === undefined || other === undefined) return "not known";
      if (grows && !hasEnded(other)) return { text: format(value), below: "so far: still training" };
      if (place === 0 || first === null || first === 0) return format(value);
      if (!(isComparable(cost, one) && isComparable(cost, other))) return { text: format(value), below: "not compared" };
      return {
        text: format(value),
        below:
          value === first ? "equal" : isEqualCost(value, first) ? "equal within 2 %" : `${formatSignificant(value / first, 3)} × the first`,
      };
    });
    return [[{ text: longName, below: isMeasured ? "measured" : "from the settings" }, ...cells]];
  });
  return {
    caption: "Cost of each side, mean over its runs",
    columns: [{ name: "Cost" }, ...sides.map(({ name }) => ({ name, isNumeric: true }))],
    rows,
    note: "FLOPs exclude attention between tokens, which is the same for all. Times, tokens per second and memory hold only for the machine below, and are compared only where no other work used the device during either training.",
  };
}

type CostAxis = {
  readonly label: string;
  readonly isLog: boolean;
  readonly format: (value: number) => string;
  readonly of: (side: ComparedSide, place: number) => number | null;
};

function paretoAxes(forgetting: ScoreOfSides | undefined): CostAxis[] {
  const costs = [
    { ...sideCosts.parameters, label: "trainable parameters", format: formatCount },
    { ...sideCosts.active, label: "active parameters per token", format: formatCount },
    { ...sideCosts.memory, label: "peak memory" },
    { ...sideCosts.step, label: "median step" },
  ].map(({ label, format, of }): CostAxis => ({ label, isLog: true, format, of }));
  if (forgetting === undefined) return costs;
  const of = (_: ComparedSide, place: number) => meanOrNull(valuesOf(forgetting, place));
  return [...costs, { label: "forgetting, nats per token", isLog: false, format: (value) => formatSigned(value, 3), of }];
}

function paretoFigure(sides: readonly ComparedSide[], score: ScoreOfSides, axis: CostAxis): Figure | undefined {
  const looks = looksOf(sides.map(({ method }) => method));
  const scale = score.unit === "share" ? 100 : 1;
  const placed = sides.flatMap((side, place) => {
    const values = valuesOf(score, place).map((value) => scale * value);
    const [x, look] = [axis.of(side, place), looks[place]];
    if (x === null || look === undefined || values.length === 0) return [];
    return [{ side, look, point: rangedPoint(x, values) }];
  });
  if (placed.length < 2) return undefined;
  const front = paretoFront(placed, { of: ({ point }) => point.x, better: "lower" }, { of: ({ point }) => point.y, better: score.better });
  const title = `${scoreName(score)} (${score.better} is better) against ${axis.label} (lower is better)${axis.isLog ? ", logarithmic" : ""}.`;
  const written = (value: number) => writeScore(score, value / scale);
  const alternative = placed.map(({ side, point }) => `${side.name}: ${written(point.y)} at ${axis.format(point.x)}.`).join(" ");
  const drawing = drawXyPlot({
    alternative,
    xLabel: axis.label,
    yLabel: scoreAxis(score),
    isLogX: axis.isLog,
    height: "low",
    formatX: axis.format,
    series: placed.map(({ side, look, point }) => ({ name: side.name, look, points: [point], isJoined: false, ranges: "bars" })),
    front: front.map(({ point }) => point).sort((a, b) => a.x - b.x),
  });
  const table: Table = {
    caption: `${scoreName(score)} against ${axis.label}`,
    columns: [
      { name: "Side" },
      { name: axis.label, isNumeric: true },
      { name: scoreName(score), isNumeric: true },
      { name: "Range of the runs", isNumeric: true },
      { name: "On the Pareto front" },
    ],
    rows: placed.map((one) => [
      one.side.name,
      axis.format(one.point.x),
      written(one.point.y),
      `${written(one.point.low)} to ${written(one.point.high)}`,
      front.includes(one) ? "yes" : "no",
    ]),
  };
  return { title, alternative, drawing, table };
}
