import { numBins } from "./half-octaves";
import { ExactTokenCounts, type TokenCounts, TokenSketch } from "./token-counts";
import { type ExampleRank, TopExamples } from "./top-examples";

/** Sizes and rules of a module's accumulators; two accumulators merge only when these are equal. */
export type StatisticsShape = {
  numLatents: number;
  numDomains: number;
  vocab: number;
  /** Examples kept a latent. */
  examples: number;
  rank: ExampleRank;
  /** Counters a latent for top tokens, or every token exactly. */
  tokens: { kind: "exact" } | { kind: "sketch"; capacity: number };
};

/**
 * What a pass adds up for each latent of one module, an array a statistic. Sums are over firing positions, in float64. Counts, extremes and
 * examples are the same in whatever order batches and shards come; sums to rounding; sketched token counts within their stated error.
 *
 * Histograms take 256 bytes a sign and only for latents that fired with it: `histogramRows` (2 · numLatents; positive, then negative) says
 * where a latent's 64 counts begin in `histograms`, −1 for none.
 */
export type ModuleStatistics = {
  readonly shape: StatisticsShape;
  readonly fireCount: Uint32Array;
  readonly sum: Float64Array;
  readonly sumSquares: Float64Array;
  readonly sumCubes: Float64Array;
  /** −Infinity for a latent that never fired */
  readonly max: Float32Array;
  /** Infinity for a latent that never fired */
  readonly min: Float32Array;
  readonly histogramRows: Int32Array;
  histograms: Uint32Array;
  usedHistograms: number;
  /** (numLatents, numDomains) */
  readonly domainCounts: Uint32Array;
  readonly examples: TopExamples;
  readonly tokens: TokenCounts;
};

export function createModuleStatistics(shape: StatisticsShape): ModuleStatistics {
  const { numLatents, numDomains } = shape;
  return {
    shape,
    fireCount: new Uint32Array(numLatents),
    sum: new Float64Array(numLatents),
    sumSquares: new Float64Array(numLatents),
    sumCubes: new Float64Array(numLatents),
    max: new Float32Array(numLatents).fill(-Infinity),
    min: new Float32Array(numLatents).fill(Infinity),
    histogramRows: new Int32Array(2 * numLatents).fill(-1),
    histograms: new Uint32Array(numBins * 16),
    usedHistograms: 0,
    domainCounts: new Uint32Array(numLatents * numDomains),
    examples: new TopExamples(numLatents, shape.examples, shape.rank),
    tokens:
      shape.tokens.kind === "exact" ? new ExactTokenCounts(numLatents, shape.vocab) : new TokenSketch(numLatents, shape.tokens.capacity),
  };
}

/** Where the latent's 64 counts of one sign begin in `histograms`; made when it has none. */
export function histogramStart(statistics: ModuleStatistics, latent: number, isNegative: boolean): number {
  const row = isNegative ? statistics.shape.numLatents + latent : latent;
  const known = statistics.histogramRows[row] as number;
  if (known >= 0) return known * numBins;
  const start = statistics.usedHistograms * numBins;
  if (start === statistics.histograms.length) {
    const grown = new Uint32Array(Math.max(2 * start, numBins * 16));
    grown.set(statistics.histograms);
    statistics.histograms = grown;
  }
  statistics.histogramRows[row] = statistics.usedHistograms++;
  return start;
}

/** 64 counts of positive activations, then 64 of negative ones. */
export function histogramOf(statistics: ModuleStatistics, latent: number): Uint32Array {
  const both = new Uint32Array(2 * numBins);
  const { numLatents } = statistics.shape;
  [latent, numLatents + latent].forEach((row, sign) => {
    const at = (statistics.histogramRows[row] ?? -1) * numBins;
    if (at >= 0) both.set(statistics.histograms.subarray(at, at + numBins), sign * numBins);
  });
  return both;
}
