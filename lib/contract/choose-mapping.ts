import type { ColumnMapping, DataSetSummary } from "./data-set";
import { columnsByRole } from "./mapped-columns";

/** How another data set is read for a run: by the run's own mapping where all its columns exist, else by the one that was recognised; null without one. */
export function chooseMapping(
  own: ColumnMapping | undefined,
  { columns, mapping }: Pick<DataSetSummary, "columns" | "mapping">,
): ColumnMapping | null {
  if (own === undefined) return mapping;
  const names = new Set(columns.map(({ name }) => name));
  return columnsByRole(own).every(([, column]) => names.has(column)) ? own : mapping;
}
