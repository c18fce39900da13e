import type { PositionBatch } from "@/server/engine/features/position-batch";

/**
 * A hash in 0…2³² − 1 of each position of a batch: of the seed, the row of the corpus and the place in it alone. Whatever is sampled is
 * sampled by it, so that the same corpus gives the same sample in any order, batches and shards.
 */
export function positionHashes(seed: number, { rows, positions }: Pick<PositionBatch, "rows" | "positions">): Uint32Array {
  const hashes = new Uint32Array(rows.length);
  let row = -1;
  let ofRow = 0;
  for (let place = 0; place < hashes.length; place++) {
    if (rows[place] !== row || place === 0) {
      row = rows[place] as number;
      ofRow = rowHash(seed, row);
    }
    hashes[place] = inRow(ofRow, positions[place] as number);
  }
  return hashes;
}

/** The same of one position. */
export function positionHash(seed: number, row: number, position: number): number {
  return inRow(rowHash(seed, row), position);
}

/** A hash in 0…2³² − 1 of a row of the corpus. */
export function rowHash(seed: number, row: number): number {
  return mix(mix(seed + 0x9e3779b9) ^ row);
}

/** Another hash of a hash, uniform in (0, 1): for choices among what was itself chosen by small hashes. */
export function evenFromHash(hash: number, choice: number): number {
  return (mix(mix(hash + 0x7f4a7c15) + Math.imul(choice, 0x9e3779b1)) + 0.5) / 2 ** 32;
}

function inRow(ofRow: number, position: number): number {
  return mix(ofRow + Math.imul(position, 0x9e3779b1));
}

/** The end of MurmurHash3 (Appleby): every bit of the number moves every bit of the hash. */
function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
