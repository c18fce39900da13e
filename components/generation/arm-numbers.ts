import type { GeneratedToken } from "@/lib/contract/generate";

/** A mean with how many tokens it is over; null without any. */
export type MeanOf = { readonly mean: number; readonly count: number } | null;

export function meanLogProbability(tokens: readonly GeneratedToken[]): MeanOf {
  return meanOf(tokens.map((token) => token.logProbability));
}

/** Over the tokens before which both arms had read the same. */
export function meanKl(tokens: readonly GeneratedToken[], to: "base" | "adapter"): MeanOf {
  return meanOf(tokens.map((token) => (to === "base" ? token.klToBase : token.klToAdapter)));
}

/** Share of the pairs of neighbouring tokens that are distinct: 1 repeats nothing. Null under two tokens. */
export function distinctPairs(tokens: readonly GeneratedToken[]): number | null {
  if (tokens.length < 2) return null;
  const pairs = tokens.slice(1).map((token, index) => `${tokens[index]?.id} ${token.id}`);
  return new Set(pairs).size / pairs.length;
}

/** Mean and largest injected norm; null in an arm without edits. */
export function injectedNorm(tokens: readonly GeneratedToken[]): { readonly mean: number; readonly most: number } | null {
  const norms = tokens.flatMap((token) => (token.injectedNorm === null ? [] : [token.injectedNorm]));
  const mean = meanOf(norms);
  return mean === null ? null : { mean: mean.mean, most: norms.reduce((most, norm) => Math.max(most, norm)) };
}

function meanOf(values: readonly (number | null)[]): MeanOf {
  const known = values.flatMap((value) => (value === null || !Number.isFinite(value) ? [] : [value]));
  return known.length === 0 ? null : { mean: known.reduce((sum, value) => sum + value, 0) / known.length, count: known.length };
}
