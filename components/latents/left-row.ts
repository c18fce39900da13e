let left: number | null = null;

/** Remembers the table row of the latent whose page is left for the table; null where it is not known. */
export function leaveRow(row: number | null): void {
  left = row;
}

/** The remembered row; a second call gives null. */
export function takeLeftRow(): number | null {
  const row = left;
  left = null;
  return row;
}
