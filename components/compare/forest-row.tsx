import { IntervalMark } from "@/components/plots/interval-mark";
import type { ComparedSide, ScoreLine } from "@/lib/contract/comparison";
import { formatSignificant } from "@/lib/numbers/format";
import { layOutForestRow } from "@/lib/plots/forest-row";

export const rowHeight = 46;
const edge = 12;

type Method = ComparedSide["method"];
type ForestRowProps = { readonly line: ScoreLine; readonly methods: readonly [first: Method, second: Method]; readonly width: number };

/** A difference around 0: filled and coloured if the verdict is better or worse, hollow otherwise. */
export function ForestRowMarks({ line, methods, width }: ForestRowProps) {
  const row = layOutForestRow(line, [edge, width - edge]);
  if (row === null) return null;
  const method = methods[row.winner === "second" ? 1 : 0];
  return (
    <g>
      {row.margin === null ? null : (
        <rect x={row.margin[0]} y={6} width={row.margin[1] - row.margin[0]} height={28} fill="var(--sunken)" stroke="var(--line-strong)" />
      )}
      {row.rules.map((x) => (
        <line key={x} className="grid-l" x1={x} x2={x} y1={0} y2={rowHeight} />
      ))}
      <line x1={row.zero} x2={row.zero} y1={0} y2={rowHeight} stroke="var(--plot-axis)" />
      {row.seeds.map((x, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the order of pairs never changes
        <line key={place} x1={x} x2={x} y1={27} y2={33} stroke="var(--ink-3)" />
      ))}
      <IntervalMark at={row.at} ends={[row.from, row.to]} y={20} mark={method} radius={4.5} excludesZero={row.winner !== null} />
      <text x={width - 14} y={44} textAnchor="end">
        {formatSignificant(line.unit === "share" ? 100 * row.end : row.end, 1)}
      </text>
    </g>
  );
}
