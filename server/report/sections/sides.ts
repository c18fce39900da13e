import { rateGroups } from "@/lib/comparison/rate-groups";
import { mainScore, scoreAxis, scoreName } from "@/lib/comparison/score-words";
import type { ComparedSide, ScoreOfSides } from "@/lib/contract/comparison";
import { formatSetting } from "@/lib/numbers/format";
import type { Block, Figure, Section } from "@/server/report/document";
import { namedPairs, type ReportMaterial } from "@/server/report/material";
import { looksOf } from "@/server/report/plots/looks";
import { drawXyPlot, type XySeries } from "@/server/report/plots/xy-plot";
import { writeScore } from "@/server/report/words/score-words";
import { sizeMapOfSides } from "./size-map";

/** Of sides that a person picked: a score over learning rates, or over k and M, where they differ in these alone. */
export function sidesSection(material: ReportMaterial): Section | undefined {
  const [pair] = namedPairs(material);
  const score = pair === undefined ? undefined : mainScore(pair.scorecard.lines, pair.scorecard.scores);
  if (score === undefined) return undefined;
  const { sides } = material.comparison;
  const figure = rateFigure(sides, score);
  const map = sizeMapOfSides(sides, score);
  const blocks: Block[] = [
    ...(figure === undefined ? [] : [{ kind: "figures" as const, figures: [figure] }]),
    ...(map === undefined ? [] : [{ kind: "table" as const, ...map }]),
  ];
  return blocks.length === 0 ? undefined : { title: "Over learning rates and sizes", blocks };
}

function rateFigure(sides: readonly ComparedSide[], score: ScoreOfSides): Figure | undefined {
  const scale = score.unit === "share" ? 100 : 1;
  const groups = rateGroups(sides, { ...score, values: score.values.map((one) => ({ ...one, value: scale * one.value })) });
  if (groups.length === 0) return undefined;
  const looks = looksOf(groups.flatMap(([first]) => (first === undefined ? [] : [first.side.method])));
  const series = groups.flatMap((group, place): XySeries[] => {
    const [first, look] = [group[0], looks[place]];
    return first === undefined || look === undefined
      ? []
      : [{ name: first.side.name, look, points: group.map(({ point }) => point), isJoined: true, ranges: "bars" }];
  });
  const written = (value: number) => writeScore(score, value / scale);
  const alternative = series
    .map(({ name, points }) => `${name}: ${points.map(({ x, y }) => `${written(y)} at ${formatSetting(x)}`).join(", ")}.`)
    .join(" ");
  return {
    title: `${scoreName(score)} (${score.better} is better) against the learning rate, logarithmic, for sides that differ only in it. Bars: range of the runs.`,
    alternative,
    drawing: drawXyPlot({ alternative, xLabel: "learning rate", yLabel: scoreAxis(score), isLogX: true, formatX: formatSetting, series }),
    table: {
      caption: `${scoreName(score)} by learning rate`,
      columns: [
        { name: "Side" },
        { name: "Learning rate", isNumeric: true },
        { name: scoreName(score), isNumeric: true },
        { name: "Range of the runs", isNumeric: true },
      ],
      rows: groups.flatMap((group) =>
        group.map(({ side, point }) => [
          side.name,
          formatSetting(point.x),
          written(point.y),
          `${written(point.low)} to ${written(point.high)}`,
        ]),
      ),
    },
  };
}
