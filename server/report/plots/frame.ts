import type { Tick } from "@/lib/numbers/ticks";
import { shortened } from "@/lib/plots/shortened";
import { drawMark, type Look } from "./looks";
import { node, type SvgNode } from "./svg";

/** Pixels that a drawing is made for: as wide as a telephone shows it without making letters small. */
export const plotWidth = 440;

export type Box = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
export type LegendEntry = { readonly name: string; readonly look: Look };

const legendRow = 17;
/** More names than these stand in the table alone. */
const mostEntries = 10;

/** The drawing's outermost element; its text alternative is a person's name for it. */
export function drawingOf(height: number, alternative: string, ...children: readonly SvgNode[]): SvgNode {
  const size = { viewBox: `0 0 ${plotWidth} ${Math.ceil(height)}`, width: plotWidth, height: Math.ceil(height) };
  return node("svg", { xmlns: "http://www.w3.org/2000/svg", ...size, role: "img", "aria-label": alternative }, ...children);
}

export function legendHeight(count: number): number {
  return Math.min(count, mostEntries + 1) * legendRow + (count > 0 ? 6 : 0);
}

/** Names with their marks and lines, one below the other from the top. */
export function drawLegend(entries: readonly LegendEntry[], { hasLines }: { readonly hasLines: boolean }): SvgNode {
  const shown = entries.slice(0, mostEntries);
  const rows = shown.flatMap(({ name, look }, place) => {
    const y = 10 + place * legendRow;
    const line = node("line", { x1: 2, x2: 26, y1: y, y2: y, stroke: look.colour, "stroke-width": 2, "stroke-dasharray": look.dashes });
    return [...(hasLines ? [line] : []), drawMark(look, 14, y, 4), text(32, y + 4, shortened(name, 62))];
  });
  const left = entries.length - shown.length;
  return node(
    "g",
    {},
    ...rows,
    ...(left > 0 ? [text(32, 14 + shown.length * legendRow, `and ${left} more, in the table`, { class: "dim" })] : []),
  );
}

export type AxisTicks = { readonly ticks: readonly Tick[]; readonly position: (value: number) => number };

/** The line under a plot with its ticks, its name at the right end. */
export function drawAxisX(box: Box, { ticks, position }: AxisTicks, label: string): SvgNode {
  const marks = ticks.flatMap(({ value, label: name }) => {
    const x = position(value);
    return [node("line", { class: "axis", x1: x, x2: x, y1: box.bottom, y2: box.bottom + 4 }), text(x, box.bottom + 17, name, middle)];
  });
  const line = node("line", { class: "axis", x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom });
  return node("g", {}, line, ...marks, text(box.right, box.bottom + 34, label, { "text-anchor": "end" }));
}

/** Hairlines across a plot with their values at the left, the name above. */
export function drawAxisY(box: Box, { ticks, position }: AxisTicks, label: string): SvgNode {
  const marks = ticks.flatMap(({ value, label: name }) => {
    const y = position(value);
    return [
      node("line", { class: "rule", x1: box.left, x2: box.right, y1: y, y2: y }),
      text(box.left - 7, y + 4, name, { "text-anchor": "end" }),
    ];
  });
  return node("g", {}, ...marks, text(2, box.top - 10, label));
}

const middle = { "text-anchor": "middle" };

export function text(x: number, y: number, words: string, attributes: SvgNode["attributes"] = {}): SvgNode {
  return node("text", { x, y, ...attributes }, words);
}
