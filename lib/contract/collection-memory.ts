import { type FrozenForm, frozenBytes } from "./frozen-form";
import { differentiatedLayers, type Pass, savedByBlock, workingOfBlock, workingOfLoss } from "./memory-plan";
import { targetedProjections } from "./methods/count";
import { latentMethodOf, methodOf } from "./methods/methods";
import { type ModelSummary, timesIn } from "./model";
import type { CollectionSettings, LatentConfig } from "./run-config";

/** Bytes that a statistics pass holds at its fullest moment, tensors and counters. */
export type CollectionMemory = {
  /** Of the base model. */
  readonly weights: number;
  readonly adapter: number;
  /** What is added up for each latent. */
  readonly statistics: number;
  /** Latents of the positions that are not added up yet, or what the backward pass of attribution keeps. */
  readonly saved: number;
  /** Of one block's pass, or of the loss. */
  readonly working: number;
};

/** What a plan hangs on; `rowTokens` are those kept of a row. */
export type PlannedCollection = {
  readonly adapter: LatentConfig;
  readonly frozenDtype: FrozenForm;
  readonly settings: Pick<CollectionSettings, "batchRows" | "maxTokens" | "shardTokens" | "attributionRows">;
  readonly rowTokens: number;
};

/** Of one latent with its lists full: counts and moments, half octaves of activation, examples and samples with their windows. A dense component has whole windows, of both signs. */
const latentBytes = { sparse: 8500, dense: 140_000 };
/** The engine's own bounds: memory of token counts, of two numbers each, and positions that are added up at a time, and that co-firing is counted over. */
const mostTokenBytes = 2 ** 29;
const countBytes = 8;
const positionsAtOnce = 2048;
const coFiringPositions = 4096;
/** Tokens of a backward pass for attribution, or one row. */
const attributionTokens = 1024;

/** Null where the size of the adapter is not known. */
export function collectionMemory(planned: PlannedCollection, model: ModelSummary): CollectionMemory | null {
  const { adapter, settings, rowTokens, frozenDtype } = planned;
  const counted = methodOf(adapter).count(adapter, model);
  if (counted === null) return null;
  const { statistics, keptNumbers } = countersOf(planned, model);
  const pass = { rows: settings.batchRows, tokens: rowTokens };
  const pending = Math.max(positionsAtOnce, pass.rows * pass.tokens) * 4 * keptNumbers;
  const attributed = { rows: Math.max(1, Math.floor(attributionTokens / rowTokens)), tokens: rowTokens };
  const moments = [
    { statistics, saved: pending, working: workingOfBlock(adapter, model, pass) },
    // The shards' statistics are added to those of the whole.
    { statistics: settings.maxTokens > settings.shardTokens ? 2 * statistics : statistics, saved: 0, working: 0 },
    ...(settings.attributionRows > 0 ? [{ statistics, ...backwardOf(adapter, model, attributed) }] : []),
  ];
  const sum = (moment: (typeof moments)[number]) => moment.statistics + moment.saved + moment.working;
  return {
    weights: Math.round(frozenBytes(frozenDtype, model)),
    adapter: 4 * (counted.trainableParameters + (counted.frozen ?? 0)),
    ...moments.reduce((most, moment) => (sum(moment) > sum(most) ? moment : most)),
  };
}

export function collectionBytes(memory: CollectionMemory): number {
  return Object.values(memory).reduce((sum, bytes) => sum + bytes, 0);
}

/** Counters of all modules, and how many numbers a position gives them. */
function countersOf({ adapter, settings }: PlannedCollection, model: ModelSummary): { statistics: number; keptNumbers: number } {
  const method = latentMethodOf(adapter);
  const modules = targetedProjections(adapter.targets, model) ?? [];
  let [latents, kept, modulesCount] = [0, 0, 0];
  for (const projection of modules) {
    const { width, activeWidth } = method.moduleSizes(adapter, projection.name);
    const times = timesIn(projection, model, adapter.targets.layers);
    latents += width * times;
    kept += activeWidth * times;
    modulesCount += times;
  }
  const ofLatents = latents * (method.isDense ? latentBytes.dense : latentBytes.sparse);
  const firings = kept * Math.min(settings.maxTokens, settings.shardTokens);
  const ofTokens = method.isDense ? 0 : Math.min(mostTokenBytes, 2 * 2 * countBytes * firings) + 4 * kept * coFiringPositions;
  // Index, activation and contribution of each that is kept, and two squares.
  return { statistics: ofLatents + ofTokens, keptNumbers: 3 * kept + 2 * modulesCount };
}

/** A pass forward and backward that no parameter gets a gradient from. */
function backwardOf(adapter: LatentConfig, model: ModelSummary, pass: Pass): { saved: number; working: number } {
  const saved = differentiatedLayers(adapter, model) * savedByBlock(adapter, model, pass);
  return { saved, working: Math.max(workingOfBlock(adapter, model, pass), workingOfLoss(model, pass)) };
}
