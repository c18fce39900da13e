import type { ColumnOrder } from "./columns";

/** The `total` latents of a selection in an order read in one direction. Those without a value come last in both, by ordinal. */
export type OrderedLatents = ColumnOrder & { total: number; isDescending: boolean };

/** The latent at a place of the order, as it is read. */
export function ordinalAt({ ordinals, present, isDescending }: OrderedLatents, place: number): number {
  const at = isDescending && place < present ? present - 1 - place : place;
  return ordinals === null ? at : (ordinals[at] as number);
}

/** @returns −1 when the latent is not in it */
export function placeOfOrdinal({ ordinals, present, isDescending }: OrderedLatents, ordinal: number): number {
  const ascending = ordinals === null ? ordinal : ordinals.indexOf(ordinal);
  return isDescending && ascending >= 0 && ascending < present ? present - 1 - ascending : ascending;
}
