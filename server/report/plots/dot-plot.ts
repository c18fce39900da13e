import { scaleLinear } from "d3";
import { linearTicks } from "@/lib/numbers/ticks";
import { shortened } from "@/lib/plots/shortened";
import { drawAxisX, drawingOf, plotWidth, text } from "./frame";
import { drawMark, type Look } from "./looks";
import { node, type SvgNode } from "./svg";

export type DotRow = { readonly name: string; readonly look: Look; readonly mean: number; readonly values: readonly number[] };

const rowHeight = 40;
const [left, right] = [14, plotWidth - 14];

/** A row a side: its mean about 0, and a tick for each of its runs. */
export function drawDots(rows: readonly DotRow[], xLabel: string, alternative: string): SvgNode {
  const all = [0, ...rows.flatMap(({ mean, values }) => [mean, ...values])];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = high > low ? 0.06 * (high - low) : 1;
  const domain: [number, number] = [low - room, high + room];
  const x = scaleLinear(domain, [left, right]);
  const bottom = rows.length * rowHeight + 6;
  const zero = node("line", { class: "axis", x1: x(0), x2: x(0), y1: 4, y2: bottom });
  const drawn = rows.map(({ name, look, mean, values }, place) => {
    const top = place * rowHeight;
    const y = top + 27;
    const ticks = values.map((value) => node("line", { class: "tick", x1: x(value), x2: x(value), y1: y + 5, y2: y + 11 }));
    return node(
      "g",
      {},
      text(left, top + 14, shortened(name, 58), { class: "halo" }),
      node("line", { class: "rule", x1: left, x2: right, y1: y, y2: y }),
      ...ticks,
      drawMark(look, x(mean), y, 4.5),
    );
  });
  const axis = drawAxisX({ left, right, top: 0, bottom }, { ticks: linearTicks(domain, 5), position: x }, xLabel);
  return drawingOf(bottom + 40, alternative, zero, ...drawn, axis);
}
