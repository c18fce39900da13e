/**
 * Two latents of a module are near-duplicates where the cosine of their decoder columns and the normalised pointwise mutual information of their firings are both at
 * least this: they write nearly the same, at the same positions. Both limits are our choice.
 */
export const nearDuplicate = { decoderCosine: 0.9, coFiring: 0.5 } as const;
