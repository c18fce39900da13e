/**
 * Latents are near-duplicates (our choice, as are the limits) in two cases. Of one module: where the cosine of their decoder columns and the normalised pointwise
 * mutual information of their firings are both at least this, so that they write nearly the same at the same positions. Of any modules: where they fire most at
 * the same `tokens` tokens, each at least `lift` times its base rate, and in the same domain, so that they read the same.
 */
export const nearDuplicate = { decoderCosine: 0.9, coFiring: 0.5, tokens: 3, lift: 2 } as const;
