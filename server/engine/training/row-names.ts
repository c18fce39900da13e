/** Row numbers as a person reads them: at most eight, then how many more. */
export function rowNames(rows: Iterable<number>): string {
  const all = [...new Set(rows)].sort((a, b) => a - b);
  const more = all.length > 8 ? ` and ${all.length - 8} more` : "";
  return `${all.length === 1 ? "row" : "rows"} ${all.slice(0, 8).join(", ")}${more}`;
}
