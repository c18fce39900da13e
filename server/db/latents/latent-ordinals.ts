import type { CollectionModule } from "@/lib/contract/latent";

/** A latent of a collection, by its module's place in the collection's `modules`. */
export type LatentPlace = { module: number; index: number };

/**
 * A latent's ordinal is the number of latents in the modules before its own, plus its index: one dense number for each latent of a collection.
 *
 * @returns shape (modules + 1): the first ordinal of each module, then how many there are
 */
export function ordinalOffsets(modules: readonly Pick<CollectionModule, "numLatents">[]): Int32Array {
  const offsets = new Int32Array(modules.length + 1);
  for (const [place, { numLatents }] of modules.entries()) offsets[place + 1] = (offsets[place] ?? 0) + numLatents;
  return offsets;
}

/** @returns −1 when the collection has no such latent */
export function ordinalOf(offsets: Int32Array, { module, index }: LatentPlace): number {
  const first = offsets[module];
  const end = offsets[module + 1];
  return first === undefined || end === undefined || index < 0 || first + index >= end ? -1 : first + index;
}

export function placeOf(offsets: Int32Array, ordinal: number): LatentPlace {
  let from = 0;
  let to = offsets.length - 1;
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if ((offsets[middle] ?? 0) <= ordinal) from = middle;
    else to = middle;
  }
  return { module: from, index: ordinal - (offsets[from] ?? 0) };
}
