/** Explains `readingOrder` to a person who wonders why a latent comes first. @param one `latent` or `component` */
export function readingOrderWords(one: string): string {
  return `First the ${one}s whose measured Δ loss differs from 0, by the end of its 95 % CI nearer to 0; then all others by |output share| × log₂(1 / density). This mix is our choice.`;
}
