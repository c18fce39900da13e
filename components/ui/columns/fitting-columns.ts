/** What decides whether a column has room. */
type Sized = {
  /** Pixels, at least. */
  readonly width: number;
  /** Where there is no room for all, the lowest gives way first. */
  readonly rank: number;
};

/**
 * Those of `columns` that fit into `room` pixels, in their order: the lowest ranks give way. One always stays.
 *
 * @param standing pixels of the columns that always stand
 */
export function fittingColumns<Column extends Sized>(columns: readonly Column[], room: number, standing: number): readonly Column[] {
  const kept = new Set(columns);
  let needed = standing + columns.reduce((sum, column) => sum + column.width, 0);
  for (const column of [...columns].sort((a, b) => a.rank - b.rank)) {
    if (needed <= room || kept.size === 1) break;
    kept.delete(column);
    needed -= column.width;
  }
  return columns.filter((column) => kept.has(column));
}
