/** What a collection knows of a latent: its firings over `positions`, and the largest |activation| among them, 0 where it never fired. */
export type Known = { readonly firings: number; readonly positions: number; readonly largest: number };

/** How strong a firing is beside the latent's strongest in its collection: 0…1. Where none is known every firing counts in full. */
export function strengthOf(activation: number, largest: number): number {
  return largest > 0 ? Math.min(1, Math.abs(activation) / largest) : 1;
}

/**
 * How specific a latent is to a text, in bits: n · log2(n / (T · d)). n is the sum of its strengths over the T tokens of the text, d its density in
 * the collection with one firing added, so that one that never fired there has a density too. It is the leading term of Dunning's log-likelihood for
 * words of a text (1993) with firings weighted by strength; the weights are our choice.
 *
 * @returns 0 where it fires no more than it does elsewhere
 */
export function specificity(strength: number, tokens: number, { firings, positions }: Pick<Known, "firings" | "positions">): number {
  const expected = (tokens * (firings + 1)) / (positions + 1);
  return strength > expected ? strength * Math.log2(strength / expected) : 0;
}
