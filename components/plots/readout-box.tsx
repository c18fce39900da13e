import type { Mark } from "./mark";
import { MarkShape } from "./mark";

export type ReadOutRow = { readonly key: string; readonly label: string; readonly mark?: Mark; readonly values: readonly string[] };

type ReadOutBoxProps = {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly ReadOutRow[];
  /** The rule the box belongs to, and the span it must stay in. */
  readonly at: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
};

const characterWidth = 6.2;
const columnWidth = 62;

/** The one box of values that a hover shows, on whichever side of its rule has room. */
export function ReadOutBox({ title, columns, rows, at, left, right, top }: ReadOutBoxProps) {
  const names = Math.min(190, Math.max(title.length, ...rows.map((row) => row.label.length)) * characterWidth + 26);
  const width = names + columns.length * columnWidth + 8;
  const height = 24 + rows.length * 18;
  const x = at + 10 + width <= right ? at + 10 : Math.max(left, at - 10 - width);
  return (
    <g transform={`translate(${Math.round(x)},${top})`} pointerEvents="none">
      <rect width={width} height={height} rx={5} fill="var(--raised)" stroke="var(--line-strong)" />
      <text x={10} y={17} className="mid b">
        {title}
      </text>
      {columns.map((column, index) => (
        <text key={column} x={names + (index + 1) * columnWidth} y={17} textAnchor="end">
          {column}
        </text>
      ))}
      {rows.map((row, line) => (
        <g key={row.key} transform={`translate(0,${31 + line * 18})`}>
          {row.mark !== undefined && <MarkShape mark={row.mark} x={14} y={0} radius={3} />}
          <text x={row.mark === undefined ? 10 : 24} y={4} className="mid">
            {row.label.length * characterWidth > names - 26
              ? `${row.label.slice(0, Math.floor((names - 34) / characterWidth))}…`
              : row.label}
          </text>
          {row.values.map((value, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: values stand in the order of the columns
            <text key={index} x={names + (index + 1) * columnWidth} y={4} textAnchor="end" className="ink">
              {value}
            </text>
          ))}
        </g>
      ))}
    </g>
  );
}
