import { Random } from "@/lib/numbers/random";

/** A module's latents as controls are drawn from them; both by latent. */
export type ControlPool = {
  readonly densities: ArrayLike<number>;
  readonly decoderNorms: ArrayLike<number>;
};

/** Nearest latents that controls are drawn from, by the number of controls: some choice, so that a seed decides, and little distance. */
const POOL = 3;

/**
 * Random latents of the same module that fire about as often and write about as strongly: drawn without replacement from the
 * 3 · count nearest to `latent` by the Euclidean distance of z-scored log density and log decoder norm, z-scored over the
 * module's living latents. Neither the latent itself nor a dead one is drawn, nor one that writes nothing.
 *
 * @returns at most `count` latents, in the order of drawing; fewer where the module has fewer
 * @throws RangeError when the latent is not one of the module
 */
export function matchedControls({ densities, decoderNorms }: ControlPool, latent: number, count: number, seed: number): number[] {
  if (!Number.isInteger(latent) || latent < 0 || latent >= densities.length)
    throw new RangeError(`latent ${latent} is not in 0…${densities.length - 1}`);
  const isLiving = (j: number) => (densities[j] as number) > 0 && (decoderNorms[j] as number) > 0;
  const living = Array.from({ length: densities.length }, (_, j) => j).filter((j) => isLiving(j));
  const scores = [densities, decoderNorms].map((values) => zScores(living, latent, (j) => Math.log(values[j] as number)));
  const distance = (j: number) => scores.reduce((sum, score) => sum + (score(j) - score(latent)) ** 2, 0);
  const nearest = living
    .filter((j) => j !== latent)
    .map((j) => ({ j, far: distance(j) }))
    .sort((a, b) => a.far - b.far || a.j - b.j)
    .slice(0, POOL * count);
  const drawn = Int32Array.from(nearest, ({ j }) => j);
  new Random(seed).shuffle(drawn);
  return Array.from(drawn.subarray(0, count));
}

/** The z-score over the living; 0 where they do not differ, or where the latent itself has no finite value to be near to. */
function zScores(living: readonly number[], latent: number, value: (j: number) => number): (j: number) => number {
  const mean = living.reduce((sum, j) => sum + value(j), 0) / living.length;
  const deviation = Math.sqrt(living.reduce((sum, j) => sum + (value(j) - mean) ** 2, 0) / living.length);
  if (!(deviation > 0) || !Number.isFinite(value(latent))) return () => 0;
  return (j) => (value(j) - mean) / deviation;
}
