import type { LatentRef } from "@/lib/contract/edit";
import type { LatentRow } from "@/lib/contract/latent";

/** Takes the place of near-duplicates that could not be read. */
export type FailedRows = { readonly error: Error; readonly latents: readonly LatentRef[] };

/** Near-duplicates that a person has unfolded, by the place in the table's order of the row that they stand under. */
export type Unfolded = ReadonlyMap<number, readonly (LatentRow | FailedRows)[]>;

export const nothingUnfolded: Unfolded = new Map();

/** Which row of the table a drawn row is: one of the order, or one of those unfolded under it, counted from 0. */
export type DrawnPlace = { readonly index: number; readonly nth: number | null };

/** Rows that are drawn of a table of `total`. */
export function drawnCount(total: number, unfolded: Unfolded): number {
  return [...unfolded.values()].reduce((sum, rows) => sum + rows.length, total);
}

export function placeOfDrawn(drawn: number, unfolded: Unfolded): DrawnPlace {
  let above = 0;
  for (const [index, rows] of sorted(unfolded)) {
    if (drawn <= index + above) break;
    if (drawn <= index + above + rows.length) return { index, nth: drawn - index - above - 1 };
    above += rows.length;
  }
  return { index: drawn - above, nth: null };
}

/** With these rows under the one at `index`; an empty list folds it. */
export function withRowsUnder(unfolded: Unfolded, index: number, rows: readonly (LatentRow | FailedRows)[]): Unfolded {
  const next = new Map(unfolded);
  if (rows.length === 0) next.delete(index);
  else next.set(index, rows);
  return next;
}

export function isFailed(row: LatentRow | FailedRows): row is FailedRows {
  return "error" in row;
}

/** The unfolded rows under those from `first` to `last`. */
export function unfoldedBetween(unfolded: Unfolded, first: number, last: number): LatentRow[] {
  const within = sorted(unfolded).flatMap(([index, rows]) => (index >= first && index <= last ? rows : []));
  return within.flatMap((row) => (isFailed(row) ? [] : [row]));
}

function sorted(unfolded: Unfolded) {
  return [...unfolded].sort(([a], [b]) => a - b);
}
