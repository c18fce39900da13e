import type { ScoreLine } from "@/lib/contract/comparison";
import { formatSignificant } from "@/lib/numbers/format";
import { layOutForestRow } from "@/lib/plots/forest-row";
import { shortened } from "@/lib/plots/shortened";
import { drawingOf, plotWidth, text } from "./frame";
import { drawMark, type Look } from "./looks";
import { node, type SvgNode } from "./svg";

export type ForestLine = {
  readonly label: string;
  /** The difference with its interval, as it is written. */
  readonly words: string;
  readonly line: Pick<ScoreLine, "difference" | "bySeed" | "better" | "unit" | "verdict">;
};

type ForestPlot = {
  readonly alternative: string;
  readonly names: readonly [first: string, second: string];
  readonly looks: readonly [first: Look, second: Look];
  readonly lines: readonly ForestLine[];
};

const rowHeight = 56;
const [left, right] = [14, plotWidth - 14];

/** Differences of two sides about 0, the first side's advantage to the left; filled and coloured where the interval shows a difference. */
export function drawForest({ alternative, names, looks, lines }: ForestPlot): SvgNode {
  const height = 26 + lines.length * rowHeight + 4;
  const head = [
    text(left, 14, `← ${shortened(names[0], 24)} better`, { class: "dim" }),
    text(right, 14, `${shortened(names[1], 24)} better →`, { class: "dim", "text-anchor": "end" }),
  ];
  const rows = lines.map((line, place) => drawRow(line, looks, 26 + place * rowHeight));
  return drawingOf(height, alternative, ...head, ...rows);
}

function drawRow({ label, words, line }: ForestLine, looks: ForestPlot["looks"], top: number): SvgNode {
  const row = layOutForestRow({ ...line, margin: null }, [left, right]);
  const names = [text(left, top + 14, shortened(label, 38)), text(right, top + 14, words, { "text-anchor": "end", class: "strong" })];
  if (row === null) return node("g", {}, ...names);
  const y = top + 32;
  const look = row.winner === null ? undefined : looks[row.winner === "first" ? 0 : 1];
  const line2 = { x1: row.from, x2: row.to, y1: y, y2: y, "stroke-width": 2, stroke: look?.colour ?? "var(--ink-3)" };
  const unsure = node("circle", { cx: row.at, cy: y, r: 4, fill: "var(--surface)", stroke: "var(--ink-3)", "stroke-width": 1.5 });
  const end = formatSignificant(line.unit === "share" ? 100 * row.end : row.end, 1);
  return node(
    "g",
    {},
    ...names,
    node("line", { class: "rule", x1: left, x2: right, y1: y, y2: y }),
    node("line", { class: "axis", x1: row.zero, x2: row.zero, y1: top + 20, y2: top + 46 }),
    node("line", line2),
    ...row.seeds.map((x) => node("line", { class: "tick", x1: x, x2: x, y1: y + 6, y2: y + 12 })),
    look === undefined ? unsure : drawMark({ ...look, isOpen: false }, row.at, y, 4.5),
    text(left, top + 48, end, { class: "dim" }),
    text(right, top + 48, end, { class: "dim", "text-anchor": "end" }),
  );
}
