/** Of each latent's activations a over its firings, ā their mean. Sums of powers would lose the digits of a spread that is small beside the mean. */
export type CentralMoments = {
  /** Σ (a − ā)² */
  readonly second: Float64Array;
  /** Σ (a − ā)³ */
  readonly third: Float64Array;
};

export function createCentralMoments(numLatents: number): CentralMoments {
  return { second: new Float64Array(numLatents), third: new Float64Array(numLatents) };
}

/** Firings, and the sum of their activations. */
export type Counted = { readonly count: number; readonly sum: number };

/**
 * Joins the firings of another part to those of a latent (Pébay 2008, "Formulas for robust, one-pass parallel computation of covariances and
 * arbitrary-order statistical moments", SAND2008-6212).
 *
 * @param own the latent's firings so far, without the part's
 */
export function joinMoments(
  moments: CentralMoments,
  latent: number,
  own: Counted,
  part: Counted & { second: number; third: number },
): void {
  if (part.count === 0) return;
  const { second, third } = moments;
  const [ownSecond, ownThird] = [second[latent] as number, third[latent] as number];
  if (own.count === 0) {
    second[latent] = part.second;
    third[latent] = part.third;
    return;
  }
  const count = own.count + part.count;
  const apart = part.sum / part.count - own.sum / own.count;
  const product = own.count * part.count;
  second[latent] = ownSecond + part.second + (apart * apart * product) / count;
  third[latent] =
    ownThird +
    part.third +
    (apart ** 3 * product * (own.count - part.count)) / (count * count) +
    (3 * apart * (own.count * part.second - part.count * ownSecond)) / count;
}
