import { scoreName, scoreUnit } from "@/lib/comparison/score-words";
import { valuesOf } from "@/lib/comparison/side-values";
import type { DomainScores } from "@/lib/contract/comparison";
import { formatSigned } from "@/lib/numbers/format";
import { meanOf } from "@/lib/numbers/intervals";
import type { Block, Cell, Figure, Section, Table } from "@/server/report/document";
import { namedPairs, type ReportMaterial } from "@/server/report/material";
import { drawDots } from "@/server/report/plots/dot-plot";
import { looksOf } from "@/server/report/plots/looks";
import { writeScore } from "@/server/report/words/score-words";

/** What training does to other text: by domain, and to general text that no run was trained on. */
export function domainsSection(material: ReportMaterial): Section | undefined {
  const [pair] = namedPairs(material);
  if (pair === undefined) return undefined;
  const matrices = pair.scorecard.domains.map((scores): Block => ({ kind: "table", ...domainTable(scores, material) }));
  const figures = pair.scorecard.scores
    .filter(({ isForgetting }) => isForgetting)
    .flatMap((score) => forgettingFigure(score, material) ?? []);
  const blocks: Block[] = [...matrices, ...(figures.length > 0 ? [{ kind: "figures" as const, figures }] : [])];
  if (blocks.length === 0) return undefined;
  return { title: figures.length > 0 ? "Across domains and forgetting" : "Across domains", blocks };
}

function domainTable({ name, domains, sides, metric, against, isAcross }: DomainScores, { comparison }: ReportMaterial): Table {
  const sizes = sides.flatMap(({ changes }) => changes.flatMap((change) => (change === null ? [] : Math.abs(change))));
  const most = Math.max(...sizes, 1e-12);
  const sign = metric.better === "lower" ? 1 : -1;
  const scale = metric.unit === "share" ? 100 : 1;
  const rows = sides.flatMap(({ side: place, changes, values }): Cell[][] => {
    const side = comparison.sides[place];
    if (side === undefined) return [];
    const cells = changes.map((change, at): Cell => {
      const value = values[at] ?? null;
      if (change === null) return value === null ? "–" : writeScore({ unit: metric.unit, isForgetting: false }, value);
      const below = value === null ? {} : { below: writeScore({ unit: metric.unit, isForgetting: false }, value) };
      return { text: formatSigned(scale * change, metric.unit === "share" ? 1 : 3), shade: (sign * change) / most, ...below };
    });
    return [[{ text: side.name, below: `trained on ${side.domains?.join(", ") ?? "all domains"}` }, ...cells]];
  });
  const base = against === "baseModel" ? "the base model" : "a constant prediction";
  const unit = metric.unit === "share" ? "percentage points" : metric.unit === "nats" ? "nats" : "its own unit";
  return {
    caption: `${isAcross ? "Trained on the row's domain, measured on the column's" : "By domain"}: change in ${metric.label} vs. ${base}, ${unit}, with the value below; ${name}`,
    columns: [{ name: "Side" }, ...domains.map((domain) => ({ name: domain, isNumeric: true }))],
    rows,
    note: `Means over runs, without intervals. Blue-green: better than ${base}; red: worse.`,
  };
}

function forgettingFigure(
  score: ReportMaterial["pairs"][number]["scorecard"]["scores"][number],
  { comparison: { sides } }: ReportMaterial,
): Figure | undefined {
  const looks = looksOf(sides.map(({ method }) => method));
  const rows = sides.flatMap((side, place) => {
    const values = valuesOf(score, place);
    const look = looks[place];
    if (look === undefined || values.length === 0) return [];
    return [{ name: side.name, look, values, mean: meanOf(values) }];
  });
  if (rows.length === 0) return undefined;
  const title = `Forgetting: increase in the base model's loss on general text due to the adapter (${scoreName(score)}), ${scoreUnit(score)}; above 0 is worse. Marks: means; ticks: runs.`;
  const alternative = rows.map(({ name, mean }) => `${name}: ${writeScore(score, mean)}.`).join(" ");
  const table: Table = {
    caption: "Forgetting by run",
    columns: [{ name: "Side" }, { name: "Mean", isNumeric: true }, { name: "Runs" }],
    rows: rows.map(({ name, mean, values }) => [name, writeScore(score, mean), values.map((value) => writeScore(score, value)).join(", ")]),
  };
  return { title, alternative, drawing: drawDots(rows, `forgetting, ${scoreUnit(score)}`, alternative), table };
}
