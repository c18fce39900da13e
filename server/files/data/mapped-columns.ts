import type { ColumnMapping } from "@/lib/contract/data-set";
import { columnsByRole } from "@/lib/contract/mapped-columns";

/** Names of the columns that a mapping uses: all that a reader needs of a row. */
export function mappedColumns(mapping: ColumnMapping): string[] {
  return columnsByRole(mapping).map(([, column]) => column);
}
