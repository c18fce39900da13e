/** Tokens that are drawn together; a longer text is drawn in several such pieces, of which only the last changes while tokens come. */
export const chunkLength = 32;

/** Pieces of so many positions, `to` excluded. */
export function chunksOf(count: number): { readonly from: number; readonly to: number }[] {
  const chunks: { from: number; to: number }[] = [];
  for (let from = 0; from < count; from += chunkLength) chunks.push({ from, to: Math.min(from + chunkLength, count) });
  return chunks;
}

/** Whether two lists hold the same things from `from` on, up to `to`. */
export function isSameWithin<Item>(one: readonly Item[], other: readonly Item[], from: number, to: number): boolean {
  if (one === other) return true;
  for (let index = from; index < to; index++) if (one[index] !== other[index]) return false;
  return true;
}
