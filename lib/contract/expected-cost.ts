import { isEncoder, type ModelSummary } from "./model";
import { loraModuleSizes, type ModulePattern, stanModuleSizes } from "./module-sizes";
import type { RunCost } from "./run";
import type { AdapterConfig, FullConfig, LatentConfig, Targets } from "./run-config";

/**
 * What is trained will weigh, from its configuration and the model's description alone; times and memory are not known before it runs.
 * Null where a target, or a pattern's key, is more than a last name part: which of the model's modules it means is then seen when the model is loaded.
 */
export function expectedCost(adapter: AdapterConfig, model: ModelSummary): RunCost | null {
  const counted =
    adapter.method === "head" ? nothing : adapter.method === "full" ? countFull(adapter, model) : countLatents(adapter, model);
  if (counted === null) return null;
  const { trainableParameters, activeParameters, flops } = counted;
  return {
    trainableParameters,
    activeParameters,
    baseParameters: model.parameters,
    flopsPerToken: baseFlopsPerToken(model) + flops,
    adapterBytes: 4 * trainableParameters,
    medianStepMs: null,
    tokensPerSecond: null,
    peakMemoryBytes: null,
  };
}

/** `flops` are those that a token takes beyond the base model's. */
type Counted = Pick<RunCost, "trainableParameters" | "activeParameters"> & { readonly flops: number };

/** Of a head alone: its own numbers stand apart. */
const nothing: Counted = { trainableParameters: 0, activeParameters: 0, flops: 0 };

function countLatents(adapter: LatentConfig, model: ModelSummary): Counted | null {
  const chosen = targeted(adapter.targets, model);
  if (chosen === null || !patternsOf(adapter).every(isByLastPart)) return null;
  let [trainableParameters, activeParameters, flops] = [0, 0, 0];
  for (const { name, dIn, dOut, times } of chosen) {
    const { width, activeWidth } = widthsOf(adapter, name);
    const magnitudes = adapter.method === "lora" && adapter.useDora === true ? dOut : 0;
    trainableParameters += (width * (dIn + dOut) + magnitudes) * times;
    activeParameters += (activeWidth * (dIn + dOut) + magnitudes) * times;
    flops += 2 * (width * dIn + activeWidth * dOut + magnitudes) * times;
  }
  return { trainableParameters, activeParameters, flops };
}

/** Trained weights stand in the place of frozen ones, so a token takes no more operations than with the base model. */
function countFull({ targets }: FullConfig, model: ModelSummary): Counted | null {
  const chosen = targeted(targets, model);
  if (chosen === null) return null;
  const trainableParameters = chosen.reduce(
    (sum, { dIn, dOut, hasBias, times }) => sum + (dIn * dOut + (hasBias === true ? dOut : 0)) * times,
    0,
  );
  return { trainableParameters, activeParameters: trainableParameters, flops: 0 };
}

/** What full fine-tuning holds in float32 beside the base model: weights, their gradients, and Adam's two moments. */
export function fullTrainingBytes(trainableParameters: number): number {
  return 4 * 4 * trainableParameters;
}

/** The projections that targets name, and how often the model has each; all of them for null. Null where a target names none of a block's by its kind. */
function targeted(targets: Targets | null, model: ModelSummary) {
  const { dModel, numLayers, hasPooler } = model;
  const layers = targets?.layers ?? null;
  const pooler = { name: "pooler.dense", dIn: dModel, dOut: dModel, hasBias: true, times: 1 };
  const all = [
    ...model.projections.map((projection) => ({ ...projection, times: layers?.length ?? numLayers })),
    ...(hasPooler === true && layers === null ? [pooler] : []),
  ];
  if (targets === null) return all;
  const isNamed = (name: string, target: string) => name === target || name.endsWith(`.${target}`);
  if (!targets.modules.every((target) => all.some(({ name }) => isNamed(name, target)))) return null;
  return all.filter(({ name }) => targets.modules.some((target) => isNamed(name, target)));
}

/** Of the model alone, forward, without attention over earlier tokens: its projections, and of a language model the one to the vocabulary. */
export function baseFlopsPerToken(model: ModelSummary): number {
  const projections = model.projections.reduce((sum, { dIn, dOut }) => sum + 2 * dIn * dOut * model.numLayers, 0);
  return projections + (isEncoder(model) ? 0 : 2 * model.dModel * model.vocab);
}

/** Latents of a module, and those that take part in one token's update. */
function widthsOf(adapter: LatentConfig, name: string): { width: number; activeWidth: number } {
  if (adapter.method === "lora") {
    const { rank } = loraModuleSizes(adapter, name);
    return { width: rank, activeWidth: rank };
  }
  const { numLatents, k } = stanModuleSizes(adapter, name);
  return { width: numLatents, activeWidth: Math.min(k, numLatents) };
}

function patternsOf(adapter: LatentConfig): ModulePattern[] {
  const patterns = adapter.method === "lora" ? [adapter.rankPattern] : [adapter.latentsPattern, adapter.kPattern];
  return patterns.filter((pattern) => pattern !== undefined);
}

function isByLastPart(pattern: ModulePattern): boolean {
  return Object.keys(pattern).every((key) => /^\w+$/.test(key));
}
