import { joined } from "@/lib/comparison/joined";
import {
  basisWords,
  differenceUnit,
  formatP,
  formatScoreDifference,
  formatSpread,
  scoreName,
  unitWords,
  verdictWord,
} from "@/lib/comparison/score-words";
import { capitalised, formatPlural, formatSignificant } from "@/lib/numbers/format";
import type { Block, Cell, Figure, Section, Table } from "@/server/report/document";
import { namedPairs, type ReportMaterial, type SidePair } from "@/server/report/material";
import { drawForest } from "@/server/report/plots/forest-plot";
import { looksOf } from "@/server/report/plots/looks";
import { writeScore } from "@/server/report/words/score-words";

/** Every number that two sides share, with its interval and what that allows to say. */
export function scorecardSection(material: ReportMaterial): Section {
  const pairs = namedPairs(material).filter(({ scorecard }) => scorecard.lines.length > 0);
  if (pairs.length === 0)
    return {
      title: "Scorecard",
      blocks: [{ kind: "paragraph", text: "No pair has a metric in common. A benchmark measures both sides on the same rows." }],
    };
  const margins = marginNotes(pairs.flatMap(({ scorecard }) => scorecard.lines));
  const blocks: Block[] = [{ kind: "list", items: [...readingNotes, ...margins, ...(pairs.length > 1 ? [manyPairs(pairs.length)] : [])] }];
  for (const pair of pairs) {
    if (pairs.length > 1) blocks.push({ kind: "heading", text: `${pair.first.name} vs. ${pair.second.name}` });
    blocks.push({ kind: "table", ...scoreTable(pair) });
    const figure = forestOf(pair);
    if (figure !== undefined) blocks.push({ kind: "figures", figures: [figure] });
    blocks.push({ kind: "list", items: pair.scorecard.lines.map((line) => `${capitalised(scoreName(line))}: ${line.verdict.text}`) });
  }
  return { title: "Scorecard", blocks };
}

const readingNotes = [
  "A difference is the first side minus the second, with its 95 % confidence interval. With one run each it is paired row by row: Tango's score interval (1998) for accuracies, otherwise the bootstrap standard error with Student's t and the end on the side of the skew moved outwards (Johnson 1978). Such an interval holds for these runs, not for other seeds. With several seeds it accounts for both rows and seeds (Student's t of each, weighted by their variances; Cochran and Cox 1950). Metrics stored once per run have an interval over seeds only.",
  "SD is the standard deviation over a side's runs. p is McNemar's mid-p where single runs are right or wrong row by row, otherwise the level at which the interval ends at 0. The corrected p uses Holm's method over the metrics of one scorecard; verdicts are based on it.",
  "A verdict calls the first side better or worse only if the whole interval lies on one side of 0.",
];

function manyPairs(count: number): string {
  return `Each of the ${count} pairs is judged on its own: p is not corrected over pairs, so with many pairs one may differ by chance.`;
}

/** What counts as a difference that does not matter, where a person has said so. */
function marginNotes(lines: SidePair["scorecard"]["lines"]): string[] {
  const stated = lines.flatMap(({ margin, unit }) =>
    margin === null ? [] : [unit === "share" ? `${formatSignificant(100 * margin)} percentage points` : `${formatSignificant(margin)}`],
  );
  if (stated.length === 0) return ["No equivalence margin was stated, so no two sides are called equivalent."];
  return [`Equivalent: the whole interval lies within the stated margin of ±${joined([...new Set(stated)])}.`];
}

function scoreTable({ first, second, scorecard }: SidePair): Table {
  const rows = scorecard.lines.map((line): Cell[] => {
    const difference = formatScoreDifference(line);
    const side = ({ mean, sd }: (typeof line)["first"]) => ({
      text: writeScore(line, mean),
      ...(sd === null ? {} : { below: `SD ${formatSpread(line, sd)}` }),
    });
    return [
      { text: scoreName(line), below: unitWords(line) },
      side(line.first),
      side(line.second),
      difference === null ? "–" : { text: difference.value, below: difference.interval, isStrong: true },
      basisWords(line),
      pCell(line),
      verdictWord(line, [first.name, second.name]),
    ];
  });
  const pairs = scorecard.pairs.length;
  return {
    caption: `${first.name} vs. ${second.name}, ${formatPlural(pairs, "pair")} of runs`,
    columns: [
      { name: "Metric" },
      { name: first.name, isNumeric: true },
      { name: second.name, isNumeric: true },
      { name: "Difference", unit: "95 % interval", isNumeric: true },
      { name: "Interval over" },
      { name: "p", isNumeric: true },
      { name: "Verdict" },
    ],
    rows,
    ...(scorecard.correctedFor > 1 ? { note: `p is corrected for ${scorecard.correctedFor} comparisons.` } : {}),
  };
}

function pCell({ pValue, correctedPValue }: SidePair["scorecard"]["lines"][number]): Cell {
  if (pValue === null) return "–";
  return correctedPValue === null ? formatP(pValue) : { text: formatP(pValue), below: `corrected ${formatP(correctedPValue)}` };
}

function forestOf({ first, second, scorecard }: SidePair): Figure | undefined {
  const lines = scorecard.lines.filter(({ difference }) => difference !== null);
  if (lines.length === 0) return undefined;
  const [one, other] = looksOf([first.method, second.method]);
  if (one === undefined || other === undefined) return undefined;
  const title = `Differences of ${first.name} from ${second.name} with 95 % paired intervals. Left: the first is better. Each row has its own scale, in its metric's unit, with the ends written below. Ticks: pairs of runs. Filled: the verdict is a difference.`;
  const alternative = lines
    .map(
      (line) =>
        `${scoreName(line)}: ${`${formatScoreDifference(line)?.value ?? ""} (${formatScoreDifference(line)?.interval ?? ""}) ${differenceUnit(line)}`.trimEnd()}, ${verdictWord(line, [first.name, second.name])}.`,
    )
    .join(" ");
  const drawing = drawForest({
    alternative,
    names: [first.name, second.name],
    looks: [one, other],
    lines: lines.map((line) => {
      const written = formatScoreDifference(line);
      return { label: scoreName(line), words: written === null ? "" : `${written.value} (${written.interval})`, line };
    }),
  });
  const table: Table = {
    caption: "Differences, unrounded",
    columns: [
      { name: "Metric" },
      { name: "Difference", isNumeric: true },
      { name: "Low", isNumeric: true },
      { name: "High", isNumeric: true },
      { name: "Pairs of runs" },
    ],
    rows: lines.map((line) => [
      scoreName(line),
      plain(line.difference?.value),
      plain(line.difference?.low ?? undefined),
      plain(line.difference?.high ?? undefined),
      line.bySeed.map(plain).join(", "),
    ]),
    note: "Shares of rows as fractions.",
  };
  return { title, alternative, drawing, table };
}

/** A number to be copied, six digits. */
function plain(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? "–" : String(Number(value.toPrecision(6)));
}
