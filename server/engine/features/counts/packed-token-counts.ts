import type { ArraySource, StoredArray } from "@/server/engine/features/examples/packed-examples";
import type { TokenCounts } from "./token-counts";

/**
 * Token counts as flat arrays, latent after latent, tokens in order: `unpackTokenCounts` makes counts of them that grow as these would. Yields nothing
 * between the parts of its work.
 */
export function* packTokenCounts(name: string, counts: TokenCounts): Generator<[field: string, values: StoredArray] | undefined> {
  const { numLatents } = counts;
  const lengths = Int32Array.from({ length: numLatents }, (_, latent) => counts.numTokens(latent));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const [ids, times] = [new Int32Array(total), new Int32Array(total)];
  let at = 0;
  yield* counts.forEachLatent((_, entries) => {
    for (const { token, count } of entries) {
      ids[at] = token;
      times[at++] = count;
    }
  });
  yield [`${name}TableBits`, Int32Array.from(counts.bits)];
  yield [`${name}Errors`, Int32Array.from(counts.errors)];
  yield [`${name}Lengths`, lengths];
  yield [`${name}Ids`, ids];
  yield [`${name}Counts`, times];
}

/** @throws RangeError naming the array that is missing or of the wrong length */
export function unpackTokenCounts(name: string, source: ArraySource, counts: TokenCounts): void {
  const { numLatents } = counts;
  const bits = source.ints(`${name}TableBits`, numLatents);
  const errors = source.ints(`${name}Errors`, numLatents);
  const lengths = source.ints(`${name}Lengths`, numLatents);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const [ids, times] = [source.ints(`${name}Ids`, total), source.ints(`${name}Counts`, total)];
  let begin = 0;
  for (let latent = 0; latent < numLatents; latent++) {
    const end = begin + (lengths[latent] as number);
    const entries = Array.from(ids.subarray(begin, end), (token, at) => ({ token, count: times[begin + at] as number }));
    counts.restore(latent, bits[latent] as number, errors[latent] as number, entries);
    begin = end;
  }
}
