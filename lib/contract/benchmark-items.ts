import type { BenchmarkItem } from "./benchmark";

/** What a benchmark's rows are known by, a value a row. */
type Known = {
  readonly numbers: ArrayLike<number>;
  readonly domainOf: ArrayLike<number>;
  readonly texts: readonly string[];
  readonly references: readonly string[] | null;
};

/** What one model made of them. */
type Readings = {
  readonly lossSums: ArrayLike<number>;
  readonly labelTokens: ArrayLike<number>;
  readonly right: ArrayLike<number> | null;
  readonly answers: readonly (string | null)[] | null;
};

/** The item at a place that was measured. */
export function benchmarkItemAt(
  place: number,
  known: Known & { readonly domains: readonly string[] },
  pair: { readonly adapter: Readings; readonly base: Readings },
): BenchmarkItem {
  const labelTokens = pair.adapter.labelTokens[place] ?? 0;
  const [base, adapter] = [readingAt(place, pair.base), readingAt(place, pair.adapter)];
  return {
    row: known.numbers[place] ?? place,
    domain: known.domains[known.domainOf[place] ?? -1] ?? null,
    text: known.texts[place] ?? "",
    reference: known.references?.[place] ?? null,
    labelTokens,
    base,
    adapter,
    difference: (adapter.lossSum - base.lossSum) / labelTokens,
  };
}

function readingAt(place: number, { lossSums, answers, right }: Readings): BenchmarkItem["base"] {
  return { lossSum: lossSums[place] ?? 0, answer: answers?.[place] ?? null, isRight: right === null ? null : right[place] === 1 };
}
