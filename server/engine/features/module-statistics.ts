import { ActivationBins } from "./counts/activation-bins";
import { type AddedArrays, createAddedArrays } from "./counts/added-arrays";
import { type CentralMoments, createCentralMoments } from "./counts/central-moments";
import type { CounterBudget } from "./counts/counter-memory";
import { createTails, type Tails } from "./counts/tails";
import { TokenCounts } from "./counts/token-counts";
import { createUpdateRatios, type UpdateRatios } from "./counts/update-range";
import { BinSamples } from "./examples/bin-samples";
import { TopExamples } from "./examples/top-examples";
import type { ExampleWindow } from "./examples/window-arena";
import type { ProbeSet } from "./quiet-probes";
import { FiredTogether } from "./samples/fired-together";

/** How a latent's firings are ranked: by activation, or by its magnitude where both signs are one latent's. */
export type FiringRank = "value" | "magnitude";

/** Sizes and rules of a module's accumulators; two accumulators merge only when these are equal. */
export type StatisticsShape = {
  numLatents: number;
  numDomains: number;
  /** Domains by which rows are counted: all of them, or 0. */
  numRowDomains: number;
  /** Classes by which rows are counted. */
  numClasses: number;
  /** Positions of every row by which firings are counted; 0 where rows differ in length, or they are too many. */
  numPlaces: number;
  /** 0 where positions have no vocabulary. */
  vocab: number;
  /** Examples kept a latent; of a dense component, of each sign. */
  examples: number;
  /** Firings kept of each half octave of a latent's activations. */
  samplesPerBin: number;
  /** "magnitude" for LoRA's dense components: they fire at every token, so neither their tokens nor their co-firing are counted. */
  rank: FiringRank;
  /** Positions kept of each tail of a dense component; 0 where there are no tails. */
  tailPositions: number;
  /** Of examples. */
  window: ExampleWindow;
};

/**
 * What a pass adds up for each latent of one module, an array a statistic. Sums are over firing positions, in float64. Counts, extremes,
 * examples, samples, probes and co-firing are the same in whatever order batches and shards come; sums to rounding, and to the bit for the
 * same shards merged in the same order; token counts that outgrew their budget within their stated error.
 */
export type ModuleStatistics = AddedArrays & {
  readonly shape: StatisticsShape;
  readonly moments: CentralMoments;
  /** Over counted positions: Σ ‖Δ‖², then Σ ‖W0 x + b0‖² */
  readonly squares: Float64Array;
  /** Over counted positions: ‖Δ‖ / ‖W0 x + b0‖ */
  readonly ratios: UpdateRatios;
  /** −Infinity for a latent that never fired */
  readonly max: Float32Array;
  /** Infinity for a latent that never fired */
  readonly min: Float32Array;
  readonly bins: ActivationBins;
  /** By place in the counts of `bins`. */
  readonly samples: BinSamples;
  /** (numLatents, numDomains) */
  readonly domainCounts: Uint32Array;
  /** (numLatents, numRowDomains) and (numLatents, numClasses): rows in which it fires */
  readonly domainRows: Uint32Array;
  readonly classRows: Uint32Array;
  /** (numLatents, numPlaces): rows in which it fires at a position */
  readonly placeCounts: Uint32Array;
  /** With the highest activations; of a dense component, positive ones. */
  readonly examples: TopExamples;
  /** Of a dense component, with the lowest activations, all negative; undefined of sparse latents. */
  readonly lowExamples: TopExamples | undefined;
  readonly tails: Tails | undefined;
  readonly tokens: TokenCounts;
  readonly nextTokens: TokenCounts;
  /** The collection's. */
  readonly probes: ProbeSet;
  /** (numLatents, 2): bits of the probes in whose window the latent fires */
  readonly probeMasks: Uint32Array;
  /** By slot of the collection's sample of positions; undefined where not counted. */
  readonly fired: FiredTogether | undefined;
};

/** @param budget of the token counts of all modules of the collection */
export function createModuleStatistics(shape: StatisticsShape, budget: CounterBudget, probes: ProbeSet): ModuleStatistics {
  const { numLatents, numDomains, numRowDomains, numClasses, numPlaces } = shape;
  return {
    shape,
    ...createAddedArrays(numLatents),
    moments: createCentralMoments(numLatents),
    squares: new Float64Array(2),
    ratios: createUpdateRatios(),
    max: new Float32Array(numLatents).fill(-Infinity),
    min: new Float32Array(numLatents).fill(Infinity),
    bins: new ActivationBins(numLatents),
    samples: new BinSamples(shape.samplesPerBin),
    domainCounts: new Uint32Array(numLatents * numDomains),
    domainRows: new Uint32Array(numLatents * numRowDomains),
    classRows: new Uint32Array(numLatents * numClasses),
    placeCounts: new Uint32Array(numLatents * numPlaces),
    examples: new TopExamples(numLatents, shape.examples, "highest"),
    lowExamples: shape.rank === "magnitude" ? new TopExamples(numLatents, shape.examples, "lowest") : undefined,
    tails: createTails(numLatents, shape.tailPositions),
    tokens: new TokenCounts(numLatents, shape.vocab, budget),
    nextTokens: new TokenCounts(numLatents, shape.vocab, budget),
    probes,
    probeMasks: new Uint32Array(2 * numLatents),
    fired: shape.rank === "value" ? new FiredTogether() : undefined,
  };
}

/** Where the latent's 64 counts of one sign begin; made, with room for samples, when it has none. */
export function binsOf({ bins, samples }: ModuleStatistics, latent: number, isNegative: boolean): number {
  const start = bins.start(latent, isNegative);
  if (samples.blocks.length < bins.counts.length) samples.growTo(bins.counts.length);
  return start;
}
