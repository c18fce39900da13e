import { createModuleStatistics, type ModuleStatistics, type StatisticsShape } from "./module-statistics";
import type { TokenBatch } from "./token-batch";
import type { ExampleRank } from "./top-examples";

/** What a collection adds up over its corpus, all adapted modules in one pass. */
export type CollectionStatistics = {
  /** Counted positions: the denominator of every density. */
  tokens: number;
  /** Rows of the corpus with a counted position. */
  rows: number;
  /** Counted positions by domain. */
  readonly domainTokens: Float64Array;
  /** (vocab) counted positions by token id: the base rates of top tokens. */
  readonly tokenCounts: Float64Array;
  readonly modules: ReadonlyMap<string, ModuleStatistics>;
};

export type CollectionPlan = {
  /** Latents, or components, by the name of the adapted module. */
  numLatents: ReadonlyMap<string, number>;
  /** At least 1: a corpus without domains is one. */
  numDomains: number;
  vocab: number;
  rank: ExampleRank;
  /** Examples kept a latent. */
  examples?: number;
  /** Up to this size tokens are counted exactly, (latents · vocab · 4) bytes in all; above, by sketches of 32 counters a latent. */
  exactTokenBytes?: number;
};

export function createCollectionStatistics(plan: CollectionPlan): CollectionStatistics {
  const { numDomains, vocab, rank, examples = 24, exactTokenBytes = 2 ** 28 } = plan;
  if (numDomains < 1) throw new RangeError(`domains: ${numDomains} is below 1`);
  const latents = [...plan.numLatents.values()].reduce((sum, count) => sum + count, 0);
  const tokens: StatisticsShape["tokens"] = latents * vocab * 4 <= exactTokenBytes ? { kind: "exact" } : { kind: "sketch", capacity: 32 };
  return {
    tokens: 0,
    rows: 0,
    domainTokens: new Float64Array(numDomains),
    tokenCounts: new Float64Array(vocab),
    modules: new Map(
      [...plan.numLatents].map(([name, numLatents]) => [
        name,
        createModuleStatistics({ numLatents, numDomains, vocab, examples, rank, tokens }),
      ]),
    ),
  };
}

/**
 * Counts a batch's positions; its firings are added module by module.
 *
 * @throws RangeError when a token or domain is outside the plan
 */
export function countPositions(statistics: CollectionStatistics, batch: TokenBatch): void {
  const { domainTokens, tokenCounts } = statistics;
  let lastRow = -1;
  batch.ids.forEach((id, place) => {
    if (batch.counted[place] === 0) return;
    const domain = batch.domains[place] ?? -1;
    const [ofToken, ofDomain] = [tokenCounts[id], domainTokens[domain]];
    if (ofToken === undefined) throw new RangeError(`token id ${id} is not in 0…${tokenCounts.length - 1}`);
    if (ofDomain === undefined) throw new RangeError(`domain ${domain} is not in 0…${domainTokens.length - 1}`);
    tokenCounts[id] = ofToken + 1;
    domainTokens[domain] = ofDomain + 1;
    statistics.tokens++;
    const row = batch.rows[place] ?? 0;
    if (row !== lastRow) statistics.rows++;
    lastRow = row;
  });
}
