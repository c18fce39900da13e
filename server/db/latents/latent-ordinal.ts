import type { CollectionSummary } from "@/lib/contract/latent";

/** A latent's ordinal is `module * stride + index`: one number for each latent of a collection. */
export function ordinalStride(modules: CollectionSummary["modules"]): number {
  return modules.reduce((most, { numLatents }) => Math.max(most, numLatents), 1);
}

/**
 * A set of latents as bits, bit n for ordinal n, lowest bit of a byte first (as PostgreSQL's `get_bit` counts).
 *
 * @param lists each int32 ordinals, big-endian
 * @param count one more than the largest ordinal may be
 */
export function ordinalBits(lists: readonly Buffer[], count: number): Buffer {
  const bits = Buffer.alloc(Math.ceil(count / 8));
  for (const list of lists) {
    for (let at = 0; at < list.length; at += 4) {
      const ordinal = list.readInt32BE(at);
      bits[ordinal >> 3] = (bits[ordinal >> 3] ?? 0) | (1 << (ordinal & 7));
    }
  }
  return bits;
}
