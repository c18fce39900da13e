/** What a collection knows of a latent. */
export type Known = {
  /** Its firings over `positions`. */
  readonly firings: number;
  readonly positions: number;
  /** Its largest |activation|, 0 where it never fired. */
  readonly largest: number;
  /** The 99.9th percentile of |activation| over its module. */
  readonly moduleTop: number;
};

/**
 * How specific a latent is to a text, in bits: s · log2(1 / d). s is its strongest activation on the text as a share of its largest in the collection, or
 * of half its module's 99.9th percentile where that is larger, and at most 1: what fired once, and weakly, is not strong. d is its density there, with
 * one firing added, so that one that never fired has a density too. What fires everywhere scores 0; what fires rarely, and here strongly, the most. Our choice.
 *
 * @param activation the strongest on the text
 */
export function specificity(activation: number, { firings, positions, largest, moduleTop }: Known): number {
  const top = Math.max(largest, moduleTop / 2);
  const strength = top > 0 ? Math.min(1, Math.abs(activation) / top) : 1;
  return strength * Math.log2((positions + 1) / (Math.min(firings, positions) + 1));
}
