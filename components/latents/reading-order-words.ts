/**
 * Explains `readingOrder` to a person who wonders why a latent comes first.
 *
 * @param one `latent` or `component`
 * @param isDense whether all have one density, which then does not count
 */
export function readingOrderWords(one: string, isDense = false): string {
  const others = isDense ? "|output share|" : "|output share| × log₂(1 / density)";
  return `First the ${one}s whose measured Δ loss differs from 0, by the end of its 95 % CI nearer to 0; then all others by ${others}. This mix is our choice.`;
}
