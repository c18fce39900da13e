let left: number | null = null;

/** Notes the row of the table whose latent is left for the table, null where it is not known. */
export function leaveRow(row: number | null): void {
  left = row;
}

/** The row that was left, once. */
export function takeLeftRow(): number | null {
  const row = left;
  left = null;
  return row;
}
