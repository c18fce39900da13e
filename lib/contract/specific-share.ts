import { alwaysOnDensity } from "./latent";

/**
 * How much a latent writes, weighted by the bits that one of its firings tells: |output share| · log₂(1 / density). Density counts
 * as at most that of always-on latents, so that LoRA's components, which fire everywhere, are ordered by their share. The mix is our choice.
 *
 * @returns null for a dead latent, and where the output share is not known
 */
export function specificShare(outputShare: number | null, density: number): number | null {
  return outputShare === null || density === 0 ? null : Math.abs(outputShare) * -Math.log2(Math.min(density, alwaysOnDensity));
}
