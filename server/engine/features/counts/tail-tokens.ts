import type { TailTokens } from "@/lib/contract/latent-columns/tail-tokens";
import type { CollectionStatistics } from "@/server/engine/features/collection-statistics";
import type { ModuleStatistics } from "@/server/engine/features/module-statistics";
import type { Tails } from "./tails";

/** A tail is this share of the counted positions, as far as so many are kept, and at least the fewest that make a share (our choice). */
const tailShare = 0.01;
const fewestOfTail = 32;
const tokensListed = 12;

/**
 * The tokens that set a component's tail of one sign apart from the corpus: those with the largest share · log₂(lift). Over all tokens these add up to the KL
 * divergence of the tail's tokens from the corpus's. A component without activations of that sign has an empty tail.
 *
 * @returns null where tails are not kept
 */
export function tailTokens(
  { tokens: counted, tokenCounts }: CollectionStatistics,
  { tails }: ModuleStatistics,
  latent: number,
  sign: keyof Tails,
  tokenText: (id: number) => string,
): TailTokens | null {
  if (tails === undefined) return null;
  const wanted = Math.max(fewestOfTail, Math.ceil(tailShare * counted));
  const tail = tails[sign].of(latent).slice(0, wanted);
  const counts = new Map<number, number>();
  for (const { token } of tail) counts.set(token, (counts.get(token) ?? 0) + 1);
  const listed = [...counts].map(([token, count]) => {
    const share = count / tail.length;
    const lift = share / ((tokenCounts[token] ?? 0) / counted);
    return { token, count, lift, told: share * Math.log2(lift) };
  });
  const tokens = listed
    .filter(({ lift }) => lift > 1)
    .sort((a, b) => b.told - a.told || a.token - b.token)
    .slice(0, tokensListed)
    .map(({ token, count, lift }) => ({ token: tokenText(token), count, error: 0, lift }));
  return { positions: tail.length, tokens };
}
