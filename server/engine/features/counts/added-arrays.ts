/** Accumulators with a number a latent that simply add up, over batches and over shards. */
const kinds = {
  fireCount: Uint32Array,
  /** Rows of the corpus with a firing. */
  rowCount: Uint32Array,
  /** Firings at positions that have a follower. */
  followedCount: Uint32Array,
  sum: Float64Array,
  sumSquares: Float64Array,
  /** Σ ⟨c, Δ⟩, see `KeptLatents` */
  contributions: Float64Array,
} as const;

export type AddedArrays = { readonly [Name in keyof typeof kinds]: InstanceType<(typeof kinds)[Name]> };

/** All of these keys: `kinds` has no others. */
export const addedArrays = Object.keys(kinds) as (keyof AddedArrays)[];

export function createAddedArrays(numLatents: number): AddedArrays {
  // An array of its own kind for each name.
  return Object.fromEntries(addedArrays.map((name) => [name, new kinds[name](numLatents)])) as AddedArrays;
}
