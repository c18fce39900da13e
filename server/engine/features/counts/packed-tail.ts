import type { ArraySource, StoredArray } from "@/server/engine/features/examples/packed-examples";
import type { TailPositions } from "./tail-positions";

/** A tail as flat arrays, latent after latent, largest activations first. */
export function* packTail(name: string, tail: TailPositions): Generator<[field: string, values: StoredArray]> {
  const kept = Array.from({ length: tail.numLatents }, (_, latent) => tail.of(latent)).flat();
  yield [`${name}TailCounts`, Int32Array.from(tail.counts)];
  yield [`${name}TailSizes`, Float32Array.from(kept, ({ size }) => size)];
  yield [`${name}TailTokens`, Int32Array.from(kept, ({ token }) => token)];
}

/** @throws RangeError naming the array that is missing or of the wrong length */
export function unpackTail(name: string, source: ArraySource, tail: TailPositions): void {
  const counts = source.ints(`${name}TailCounts`, tail.numLatents);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const sizes = source.floats(`${name}TailSizes`, total);
  const tokens = source.ints(`${name}TailTokens`, total);
  let at = 0;
  counts.forEach((count, latent) => {
    for (const end = at + count; at < end; at++) tail.offer(latent, sizes[at] as number, tokens[at] as number);
  });
}
