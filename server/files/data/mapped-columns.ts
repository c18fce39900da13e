import type { ColumnMapping } from "@/lib/contract/data-set";

/** Names of the columns that a mapping uses: all that a reader needs of a row. */
export function mappedColumns({ kind: _, ...roles }: ColumnMapping): string[] {
  return Object.values(roles).filter((column) => column !== undefined);
}
