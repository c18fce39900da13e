export type HeatCell = { readonly row: string; readonly column: number; readonly value: number | null; readonly title: string };

export type HeatMapLayout = {
  readonly rows: readonly string[];
  readonly columns: readonly number[];
  readonly cells: readonly (HeatCell & { readonly x: number; readonly y: number; readonly width: number; readonly height: number })[];
  /** Columns with a label under them. */
  readonly labels: readonly { readonly column: number; readonly x: number }[];
  readonly left: number;
  readonly bottom: number;
  readonly height: number;
};

const cellHeight = 24;
const rowGap = 2;
const top = 26;
const characterWidth = 6.7;

/** Cells on rows × columns, columns ascending, rows in the order they first come; labels thinned to keep 26 px. */
export function layOutHeatMap(cells: readonly HeatCell[], width: number): HeatMapLayout {
  const rows = [...new Set(cells.map((cell) => cell.row))];
  const columns = [...new Set(cells.map((cell) => cell.column))].sort((a, b) => a - b);
  const left = Math.max(40, ...rows.map((row) => row.length * characterWidth)) + 12;
  const slot = Math.max(2, width - left - 2) / Math.max(1, columns.length);
  const gap = slot > 6 ? 1.5 : 0.5;
  const bottom = top + rows.length * (cellHeight + rowGap);
  const stride = Math.max(1, Math.ceil(26 / slot));
  return {
    rows,
    columns,
    cells: cells.map((cell) => ({
      ...cell,
      x: left + columns.indexOf(cell.column) * slot + gap / 2,
      y: top + rows.indexOf(cell.row) * (cellHeight + rowGap),
      width: slot - gap,
      height: cellHeight,
    })),
    labels: columns.flatMap((column, index) => (index % stride === 0 ? [{ column, x: left + (index + 0.5) * slot }] : [])),
    left,
    bottom,
    height: bottom + 22,
  };
}
