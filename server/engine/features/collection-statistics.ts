import { CounterBudget } from "./counts/counter-memory";
import { tailCapacity } from "./counts/tail-positions";
import { type ExampleWindow, textWindow } from "./examples/window-arena";
import { createModuleStatistics, type FiringRank, type ModuleStatistics, type StatisticsShape } from "./module-statistics";
import { followersOf, type PositionBatch } from "./position-batch";
import { type Probe, ProbeSet } from "./quiet-probes";
import { PositionSample } from "./samples/position-sample";

/** What a collection adds up over its corpus, all adapted modules in one pass. */
export type CollectionStatistics = {
  readonly seed: number;
  /** Counted positions: the denominator of every density. */
  tokens: number;
  /** Rows of the corpus with a counted position. */
  rows: number;
  /** Counted positions whose next one counts too. */
  followed: number;
  /** Counted positions by domain. */
  readonly domainTokens: Float64Array;
  /** Rows with a counted position by domain; and by class, empty where there are none. */
  readonly domainRows: Float64Array;
  readonly classRows: Float64Array;
  /** (vocab) counted positions by token id: the base rates of top tokens. */
  readonly tokenCounts: Float64Array;
  /** (vocab) counted positions by the token that follows: the base rates of next tokens. */
  readonly followerCounts: Float64Array;
  readonly probes: ProbeSet;
  /** Positions that co-firing is counted over. */
  readonly sample: PositionSample;
  /** Of the token counts of all modules. */
  readonly tokenBudget: CounterBudget;
  readonly modules: ReadonlyMap<string, ModuleStatistics>;
};

/** All parts of one collection have the same plan. */
export type CollectionPlan = {
  /** Latents, or components, by the name of the adapted module. */
  numLatents: ReadonlyMap<string, number>;
  /** At least 1: a corpus without domains is one. */
  numDomains: number;
  /**
   * Whether the rows in which a latent fires are counted by domain: of images, whose patches are not independent of each other. Not by default.
   */
  countsRows?: boolean;
  /** Of rows, by which those are counted too; 0 by default. */
  numClasses?: number;
  /** Positions of every row, by which firings are counted; 0 by default. */
  numPlaces?: number;
  /** Entries of the vocabulary; 0 where positions have none. */
  vocab: number;
  rank: FiringRank;
  /** Of everything that is sampled. */
  seed?: number;
  /** Of the whole corpus, as `chooseProbes` gives them. */
  probes?: readonly Probe[];
  /** Examples kept a latent. */
  examples?: number;
  /** How far they reach; by default as in a text. */
  window?: ExampleWindow;
  /** Firings kept of each half octave of a latent's activations, for samples of its weak and strong firings. */
  samplesPerBin?: number;
  /** Positions that co-firing is counted over: at most so many, at least half of them. */
  coFiringPositions?: number;
  /** Memory for counts of tokens and of tokens that follow, all modules together: exact while they fit, estimates with a stated error where they do not. */
  tokenBytes?: number;
};

/** Our choice; `TokenCounts` says what happens above it. */
const defaultTokenBytes = 2 ** 29;

/** Counts by place of a module, 16 MiB: of more none are kept. Our limit. */
const mostPlaceCounts = 2 ** 22;

/** @throws RangeError for a setting out of its bounds */
export function createCollectionStatistics(plan: CollectionPlan): CollectionStatistics {
  const {
    numDomains,
    countsRows = false,
    numClasses = 0,
    numPlaces = 0,
    vocab,
    rank,
    seed = 0,
    examples = 24,
    samplesPerBin = 6,
    window = textWindow,
    coFiringPositions = 4096,
    tokenBytes = defaultTokenBytes,
  } = plan;
  if (numDomains < 1) throw new RangeError(`domains: ${numDomains} is below 1`);
  const latents = [...plan.numLatents.values()].reduce((sum, numLatents) => sum + numLatents, 0);
  const tailPositions = rank === "magnitude" && vocab > 0 ? tailCapacity(latents) : 0;
  const numRowDomains = countsRows ? numDomains : 0;
  const ofModule = { numDomains, numRowDomains, numClasses, vocab, examples, samplesPerBin, rank, tailPositions, window };
  const placesOf = (numLatents: number) => (numLatents * numPlaces > mostPlaceCounts ? 0 : numPlaces);
  const shapes = [...plan.numLatents].map(
    ([name, numLatents]) => [name, { numLatents, numPlaces: placesOf(numLatents), ...ofModule }] as const,
  );
  return emptyStatistics({
    seed,
    numDomains,
    numClasses,
    vocab,
    probes: plan.probes ?? [],
    coFiringPositions,
    tokenBytes,
    shapes,
  });
}

/** A plan with everything in it that has a default. */
type SettledPlan = {
  seed: number;
  numDomains: number;
  numClasses: number;
  vocab: number;
  probes: readonly Probe[];
  coFiringPositions: number;
  tokenBytes: number;
  shapes: readonly (readonly [name: string, shape: StatisticsShape])[];
};

export function emptyStatistics({
  seed,
  numDomains,
  numClasses,
  vocab,
  probes,
  coFiringPositions,
  tokenBytes,
  shapes,
}: SettledPlan): CollectionStatistics {
  const tokenBudget = new CounterBudget(tokenBytes);
  const probeSet = new ProbeSet(probes);
  return {
    seed,
    tokens: 0,
    rows: 0,
    followed: 0,
    domainTokens: new Float64Array(numDomains),
    domainRows: new Float64Array(numDomains),
    classRows: new Float64Array(numClasses),
    tokenCounts: new Float64Array(vocab),
    followerCounts: new Float64Array(vocab),
    probes: probeSet,
    sample: new PositionSample(coFiringPositions),
    tokenBudget,
    modules: new Map(shapes.map(([name, shape]) => [name, createModuleStatistics(shape, tokenBudget, probeSet)])),
  };
}

/**
 * Counts a batch's positions; its firings are added module by module.
 *
 * @throws RangeError when a token or domain is outside the plan, or a batch lacks ids where positions have a vocabulary
 */
export function countPositions(statistics: CollectionStatistics, batch: PositionBatch): void {
  const { domainTokens, tokenCounts, followerCounts } = statistics;
  const { ids } = batch;
  if (ids === null && tokenCounts.length > 0) throw new RangeError("the batch has no ids, although its positions have a vocabulary");
  let lastRow = -1;
  batch.counted.forEach((isCounted, place) => {
    if (isCounted === 0) return;
    const domain = batch.domains[place] ?? -1;
    const ofDomain = domainTokens[domain];
    if (ids !== null) countToken(tokenCounts, ids[place] ?? -1);
    if (ofDomain === undefined) throw new RangeError(`domain ${domain} is not in 0…${domainTokens.length - 1}`);
    domainTokens[domain] = ofDomain + 1;
    statistics.tokens++;
    const row = batch.rows[place] ?? 0;
    if (row !== lastRow) countRow(statistics, domain, batch.classes?.[place] ?? -1);
    lastRow = row;
  });
  for (const follower of followersOf(batch)) {
    if (follower < 0) continue;
    followerCounts[follower] = (followerCounts[follower] as number) + 1;
    statistics.followed++;
  }
}

function countRow(statistics: CollectionStatistics, domain: number, ofClass: number): void {
  const { domainRows, classRows } = statistics;
  statistics.rows++;
  domainRows[domain] = (domainRows[domain] as number) + 1;
  if (ofClass >= 0) classRows[ofClass] = (classRows[ofClass] as number) + 1;
}

function countToken(counts: Float64Array, id: number): void {
  const before = counts[id];
  if (before === undefined) throw new RangeError(`token id ${id} is not in 0…${counts.length - 1}`);
  counts[id] = before + 1;
}
