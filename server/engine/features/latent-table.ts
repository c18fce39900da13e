import { alwaysOnDensity, type LatentRow } from "@/lib/contract/latent";
import type { CollectionStatistics } from "./collection-statistics";
import { numBins, quantileOfBins } from "./half-octaves";
import { histogramOf, type ModuleStatistics } from "./module-statistics";

/** Top tokens listed for a latent. */
const topTokensListed = 8;

/** A latent's row in numbers; module and domain are named by whoever stores it. */
export type LatentTableRow = Pick<
  LatentRow,
  "index" | "fireCount" | "density" | "meanActivation" | "maxActivation" | "minActivation" | "selectivity" | "topTokens"
> & {
  /** Place in the collection's domains; null when dead or without domains. */
  topDomain: number | null;
  domainCounts: Uint32Array;
  /** 64 counts of positive activations, then 64 of negative ones. */
  histogram: Uint32Array;
};

/**
 * The rows of one module, in the order of its latents.
 *
 * @param tokenText how a person reads a token id
 */
export function* latentTable(
  statistics: CollectionStatistics,
  module: ModuleStatistics,
  tokenText: (id: number) => string,
): Generator<LatentTableRow, void> {
  const { numLatents, numDomains } = module.shape;
  for (let index = 0; index < numLatents; index++) {
    const fireCount = module.fireCount[index] ?? 0;
    const isDead = fireCount === 0;
    const domainCounts = module.domainCounts.slice(index * numDomains, (index + 1) * numDomains);
    yield {
      index,
      fireCount,
      density: statistics.tokens === 0 ? 0 : fireCount / statistics.tokens,
      meanActivation: isDead ? null : (module.sum[index] ?? 0) / fireCount,
      maxActivation: isDead ? null : (module.max[index] ?? 0),
      minActivation: isDead ? null : (module.min[index] ?? 0),
      ...selectivityOf(domainCounts, statistics.domainTokens),
      domainCounts,
      topTokens: module.tokens.top(index, topTokensListed).map(({ token, count, error }) => {
        const certain = count - error;
        const baseRate = (statistics.tokenCounts[token] ?? 0) / statistics.tokens;
        return { token: tokenText(token), count: certain, lift: baseRate === 0 ? 0 : certain / fireCount / baseRate };
      }),
      histogram: histogramOf(module, index),
    };
  }
}

/**
 * The largest share of firings in one domain, were all domains of equal length.
 *
 * @param counts firings by domain
 * @param tokens counted positions by domain
 */
export function selectivityOf(
  counts: ArrayLike<number>,
  tokens: ArrayLike<number>,
): { selectivity: number; topDomain: number } | { selectivity: null; topDomain: null } {
  const densities = Array.from(counts, (count, domain) => ((tokens[domain] ?? 0) === 0 ? 0 : count / (tokens[domain] ?? 1)));
  const sum = densities.reduce((total, density) => total + density, 0);
  if (densities.length < 2 || sum === 0) return { selectivity: null, topDomain: null };
  const largest = Math.max(...densities);
  return { selectivity: largest / sum, topDomain: densities.indexOf(largest) };
}

/** A module in numbers; a latent is always on from `alwaysOnDensity`. */
export function moduleSummary(
  statistics: CollectionStatistics,
  module: ModuleStatistics,
): { numLatents: number; dead: number; alwaysOn: number; colourMax: number } {
  const { numLatents } = module.shape;
  const bins = new Float64Array(numBins);
  for (let at = 0; at < module.usedHistograms * numBins; at++) {
    bins[at % numBins] = (bins[at % numBins] ?? 0) + (module.histograms[at] ?? 0);
  }
  let [dead, alwaysOn, largest] = [0, 0, 0];
  module.fireCount.forEach((count, latent) => {
    if (count === 0) {
      dead++;
      return;
    }
    if (count >= alwaysOnDensity * statistics.tokens) alwaysOn++;
    largest = Math.max(largest, Math.abs(module.max[latent] ?? 0), Math.abs(module.min[latent] ?? 0));
  });
  return { numLatents, dead, alwaysOn, colourMax: quantileOfBins(bins, 0.999, largest) ?? 0 };
}
