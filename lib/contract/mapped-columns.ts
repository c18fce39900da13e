import type { ColumnMapping } from "./data-set";

/** What a mapping says that is not the name of a column. */
const settings: readonly string[] = ["kind", "separator"];

/** The columns that a mapping uses, each with its role. */
export function columnsByRole(mapping: ColumnMapping): (readonly [role: string, column: string])[] {
  return Object.entries(mapping).flatMap(([role, column]) =>
    settings.includes(role) || column === undefined ? [] : [[role, column] as const],
  );
}
