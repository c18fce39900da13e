import { alwaysOnDensity, type LatentRow } from "@/lib/contract/latent";
import type { CountedToken } from "@/lib/contract/latent-columns/counted-token";
import type { FiringStatistic } from "@/lib/contract/latent-columns/latent-columns";
import { binnedQuantile } from "@/lib/numbers/binned-quantile";
import { upperEdge } from "@/lib/numbers/half-octaves";
import { wilsonInterval } from "@/lib/numbers/intervals";
import type { CollectionStatistics } from "./collection-statistics";
import { frozenNorm, updateNorm } from "./counts/latent-moments";
import { tailTokens } from "./counts/tail-tokens";
import type { TokenCounts } from "./counts/token-counts";
import { type UpdateRange, updateRange } from "./counts/update-range";
import { statisticsOf } from "./latent-statistics";
import type { ModuleStatistics } from "./module-statistics";

/** Tokens listed for a latent: where it fires most, and which follow. */
const tokensListed = 12;

/** A latent's row in numbers; module and domain are named by whoever stores it. */
export type LatentTableRow = Pick<
  LatentRow,
  FiringStatistic | "index" | "selectivity" | "selectivityInterval" | "topTokens" | "positiveTail" | "negativeTail"
> & {
  /** Place in the collection's domains; null when dead or without domains. */
  topDomain: number | null;
  domainCounts: Uint32Array;
  /** Rows in which it fires by domain, and by class; empty where they were not counted. */
  domainRows: Uint32Array;
  classRows: Uint32Array;
  /** Rows in which it fires at each position; empty where they were not counted. */
  placeCounts: Uint32Array;
  /** Tokens that follow a firing, their lift over how often they follow any token. */
  nextTokens: CountedToken[];
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
  const { numLatents, numDomains, numRowDomains, numClasses, numPlaces } = module.shape;
  for (let index = 0; index < numLatents; index++) {
    const fireCount = module.fireCount[index] ?? 0;
    const domainCounts = module.domainCounts.slice(index * numDomains, (index + 1) * numDomains);
    const trials = module.rowCount[index] ?? 0;
    const atTokens = { counts: module.tokens, firings: fireCount, rates: statistics.tokenCounts, positions: statistics.tokens };
    const before = {
      counts: module.nextTokens,
      firings: module.followedCount[index] ?? 0,
      rates: statistics.followerCounts,
      positions: statistics.followed,
    };
    yield {
      index,
      ...statisticsOf({ statistics, module, latent: index }),
      ...selectivityOf(domainCounts, statistics.domainTokens, trials),
      domainCounts,
      domainRows: module.domainRows.slice(index * numRowDomains, (index + 1) * numRowDomains),
      classRows: module.classRows.slice(index * numClasses, (index + 1) * numClasses),
      placeCounts: module.placeCounts.slice(index * numPlaces, (index + 1) * numPlaces),
      topTokens: listTokens(atTokens, index, tokenText),
      nextTokens: listTokens(before, index, tokenText),
      positiveTail: tailTokens(statistics, module, index, "positive", tokenText),
      negativeTail: tailTokens(statistics, module, index, "negative", tokenText),
      histogram: module.bins.of(index),
    };
  }
}

type CountedAt = { counts: TokenCounts; firings: number; rates: Float64Array; positions: number };

/** A token's lift is from the count that is certain; tokens of which none is are left out. */
function listTokens({ counts, firings, rates, positions }: CountedAt, latent: number, tokenText: (id: number) => string): CountedToken[] {
  return counts
    .top(latent, tokensListed)
    .filter(({ count, error }) => count > error)
    .map(({ token, count, error }) => {
      const certain = count - error;
      const baseRate = (rates[token] ?? 0) / positions;
      return { token: tokenText(token), count: certain, error, lift: baseRate === 0 ? 0 : certain / firings / baseRate };
    });
}

type Selectivity =
  | { selectivity: number; selectivityInterval: [number, number]; topDomain: number }
  | { selectivity: null; selectivityInterval: null; topDomain: null };

/**
 * The largest share of firings in one domain, were all domains of equal length, with its Wilson 95 % interval. The interval takes the balanced
 * share as one of so many independent trials, and leaves out what balancing adds to the spread: it is somewhat narrow where
 * the domains are of very unequal length, or rows fire very unequally often.
 *
 * @param counts firings by domain
 * @param tokens counted positions by domain
 * @param trials rows in which it fires: all firings of a row fall in its domain, so that they are not independent
 */
export function selectivityOf(counts: ArrayLike<number>, tokens: ArrayLike<number>, trials: number): Selectivity {
  const densities = Array.from(counts, (count, domain) => ((tokens[domain] ?? 0) === 0 ? 0 : count / (tokens[domain] ?? 1)));
  const sum = densities.reduce((total, density) => total + density, 0);
  if (densities.length < 2 || sum === 0) return { selectivity: null, selectivityInterval: null, topDomain: null };
  const largest = Math.max(...densities);
  const share = largest / sum;
  return { selectivity: share, selectivityInterval: wilsonInterval(share, trials), topDomain: densities.indexOf(largest) };
}

/** A module in numbers. */
export type ModuleSummary = {
  numLatents: number;
  dead: number;
  /** Of a density of at least `alwaysOnDensity`. */
  alwaysOn: number;
  /** 99.9th percentile of |activation|, rounded up to half an octave. */
  colourMax: number;
  /** √(Σ‖Δ‖² / Σ‖W0 x + b0‖²); null where nothing was counted. */
  updateNorm: number | null;
  /** √(Σ‖W0 x + b0‖² / positions); null where nothing was counted. */
  frozenNorm: number | null;
  updateRange: UpdateRange | null;
};

export function moduleSummary(statistics: CollectionStatistics, module: ModuleStatistics): ModuleSummary {
  let [dead, alwaysOn, largest] = [0, 0, 0];
  module.fireCount.forEach((count, latent) => {
    if (count === 0) {
      dead++;
      return;
    }
    if (count >= alwaysOnDensity * statistics.tokens) alwaysOn++;
    largest = Math.max(largest, Math.abs(module.max[latent] ?? 0), Math.abs(module.min[latent] ?? 0));
  });
  const highest = binnedQuantile(module.bins.total(), 0.999);
  const colourMax = highest === null ? 0 : Math.min(upperEdge(highest.bin), largest);
  return {
    numLatents: module.shape.numLatents,
    dead,
    alwaysOn,
    colourMax,
    updateNorm: updateNorm(module),
    frozenNorm: frozenNorm(module, statistics.tokens),
    updateRange: updateRange(module.ratios),
  };
}
