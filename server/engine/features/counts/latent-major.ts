import type { KeptLatents } from "@/server/engine/features/kept-latents";

/** A batch's firings sorted by latent and, within a latent, by place in the batch. Made once and used for every module. */
export type LatentMajor = {
  /** (numLatents + 1): the firings of latent j are at starts[j] … starts[j + 1] − 1. */
  starts: Int32Array;
  /** Position in the batch of each firing. */
  places: Int32Array;
  values: Float32Array;
  /** Bit patterns of `values`, in the same memory. */
  bits: Uint32Array;
  contributions: Float32Array;
};

export function createLatentMajor(): LatentMajor {
  const values = new Float32Array(0);
  return { starts: new Int32Array(0), places: new Int32Array(0), values, bits: new Uint32Array(0), contributions: values };
}

/**
 * Sorts (position, kept latent) pairs by latent, by counting. Values of 0 are no firings and are left out, as are positions that do not count.
 *
 * @throws RangeError when an index is not in 0…numLatents − 1
 */
export function sortByLatent(
  sorted: LatentMajor,
  { indices, values, contributions }: KeptLatents,
  k: number,
  counted: Uint8Array,
  numLatents: number,
): void {
  if (sorted.starts.length !== numLatents + 1) sorted.starts = new Int32Array(numLatents + 1);
  if (sorted.places.length < indices.length) {
    sorted.places = new Int32Array(indices.length);
    sorted.values = new Float32Array(indices.length);
    sorted.bits = new Uint32Array(sorted.values.buffer);
    sorted.contributions = new Float32Array(indices.length);
  }
  const { starts, places, values: sortedValues, contributions: sortedContributions } = sorted;
  const size = counted.length;
  starts.fill(0);
  for (let place = 0, at = 0; place < size; place++) {
    if (counted[place] === 0) {
      at += k;
      continue;
    }
    for (let end = at + k; at < end; at++) {
      const latent = indices[at] as number;
      if (latent < 0 || latent >= numLatents) throw new RangeError(`latent ${latent} is not in 0…${numLatents - 1}`);
      if (values[at] !== 0) starts[latent] = (starts[latent] as number) + 1;
    }
  }
  // From counts to where each latent ends.
  let total = 0;
  for (let latent = 0; latent <= numLatents; latent++) {
    total += starts[latent] as number;
    starts[latent] = total;
  }
  // Backwards, so that each latent's firings end up in ascending order and starts[j] moves from the latent's end to its beginning.
  for (let place = size - 1, at = size * k - 1; place >= 0; place--) {
    if (counted[place] === 0) {
      at -= k;
      continue;
    }
    for (let end = at - k; at > end; at--) {
      if (values[at] === 0) continue;
      const latent = indices[at] as number;
      const slot = (starts[latent] as number) - 1;
      starts[latent] = slot;
      places[slot] = place;
      sortedValues[slot] = values[at] as number;
      sortedContributions[slot] = contributions[at] as number;
    }
  }
}
