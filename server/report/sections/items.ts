import type { ComparedItem } from "@/lib/contract/comparison";
import { formatFixed, formatInteger, formatPercent, formatSigned } from "@/lib/numbers/format";
import type { Block, Cell, Column, Section, Table } from "@/server/report/document";
import { namedPairs, type ReportMaterial } from "@/server/report/material";
import { beginningOf } from "@/server/report/words/sentences";

const mostCharacters = 160;

/** A few rows on which the first pair differs most, to either side: to see what the numbers are of, not to judge by. */
export function itemsSection(material: ReportMaterial): Section | undefined {
  const { items } = material;
  const [pair] = namedPairs(material);
  if (items === null || pair === undefined || items.first.length + items.second.length === 0) return undefined;
  const { benchmark, counts } = items;
  const hasAnswers = counts.differ > 0;
  const told = hasAnswers
    ? `Of ${formatInteger(counts.all)} rows of ${benchmark.name}, ${pair.first.name} is right and ${pair.second.name} wrong on ${formatInteger(counts.firstOnly)}, the reverse on ${formatInteger(counts.secondOnly)}. Below are those with the largest difference in loss.`
    : `Below are the rows of ${benchmark.name} (${formatInteger(counts.all)} in total) with the largest difference in loss in either direction.`;
  const blocks: Block[] = [{ kind: "paragraph", text: `${told} These are extremes, not a sample. Rows are numbered as in the data.` }];
  for (const [side, other, rows] of [
    [pair.first, pair.second, items.first],
    [pair.second, pair.first, items.second],
  ] as const) {
    if (rows.length > 0)
      blocks.push({
        kind: "table",
        ...itemTable(rows, `Rows on which ${side.name} does better than ${other.name}`, [pair.first.name, pair.second.name]),
      });
  }
  return { title: "Rows that differ", blocks };
}

function itemTable(items: readonly ComparedItem[], caption: string, [first, second]: readonly [string, string]): Table {
  const hasDomains = items.some(({ domain }) => domain !== null);
  const hasAnswers = items.some((item) => item.first.answer !== null || item.second.answer !== null);
  const rows = items.map((item): Cell[] => [
    formatInteger(item.row),
    ...(hasDomains ? [item.domain ?? "–"] : []),
    beginningOf(item.text, mostCharacters),
    ...(hasAnswers ? [beginningOf(item.reference ?? "–", 60), answerCell(item.first), answerCell(item.second)] : []),
    formatFixed(item.first.loss, 3),
    formatFixed(item.second.loss, 3),
    formatSigned(item.difference, 3),
  ]);
  const columns: Column[] = [
    { name: "Row", isNumeric: true },
    ...(hasDomains ? [{ name: "Domain" }] : []),
    { name: "Text", holds: "sentences" },
    ...(hasAnswers ? [{ name: "Right answer" }, { name: `Answer of ${first}` }, { name: `Answer of ${second}` }] : []),
    { name: `Loss of ${first}`, isNumeric: true },
    { name: `Loss of ${second}`, isNumeric: true },
    { name: "Difference", isNumeric: true },
  ];
  return { caption, columns, rows };
}

function answerCell({ answer, rightShare }: ComparedItem["first"]): Cell {
  const text = beginningOf(answer ?? "–", 60);
  if (rightShare === null) return text;
  const below = rightShare === 1 ? "right" : rightShare === 0 ? "wrong" : `right in ${formatPercent(rightShare)} of the runs`;
  return { text, below };
}
