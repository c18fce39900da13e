import { isEncoder, type ModelSummary } from "./model";
import { loraModuleSizes, type ModulePattern, stanModuleSizes } from "./module-sizes";
import type { RunCost } from "./run";
import type { AdapterConfig } from "./run-config";

/**
 * What an adapter will weigh, from its configuration and the model's description alone; times and memory are not known before it runs.
 * Null where a target, or a pattern's key, is more than a last name part: which of the model's modules it means is then seen when the model is loaded.
 */
export function expectedCost(adapter: AdapterConfig, model: ModelSummary): RunCost | null {
  const { modules, layers } = adapter.targets;
  if (modules.some((target) => target.includes(".")) || !patternsOf(adapter).every(isByLastPart)) return null;
  const numLayers = layers?.length ?? model.numLayers;
  let trainableParameters = 0;
  let activeParameters = 0;
  let flopsPerToken = baseFlopsPerToken(model);
  for (const { name, dIn, dOut } of model.projections) {
    if (!modules.some((target) => name === target || name.endsWith(`.${target}`))) continue;
    const { width, activeWidth } = widthsOf(adapter, name);
    const magnitudes = adapter.method === "lora" && adapter.useDora === true ? dOut : 0;
    trainableParameters += (width * (dIn + dOut) + magnitudes) * numLayers;
    activeParameters += (activeWidth * (dIn + dOut) + magnitudes) * numLayers;
    flopsPerToken += 2 * (width * dIn + activeWidth * dOut + magnitudes) * numLayers;
  }
  return {
    trainableParameters,
    activeParameters,
    baseParameters: model.parameters,
    flopsPerToken,
    adapterBytes: 4 * trainableParameters,
    medianStepMs: null,
    tokensPerSecond: null,
    peakMemoryBytes: null,
  };
}

/** Of the model alone, forward, without attention over earlier tokens: its projections, and of a language model the one to the vocabulary. */
export function baseFlopsPerToken(model: ModelSummary): number {
  const projections = model.projections.reduce((sum, { dIn, dOut }) => sum + 2 * dIn * dOut * model.numLayers, 0);
  return projections + (isEncoder(model) ? 0 : 2 * model.dModel * model.vocab);
}

/** Latents of a module, and those that take part in one token's update. */
function widthsOf(adapter: AdapterConfig, name: string): { width: number; activeWidth: number } {
  if (adapter.method === "lora") {
    const { rank } = loraModuleSizes(adapter, name);
    return { width: rank, activeWidth: rank };
  }
  const { numLatents, k } = stanModuleSizes(adapter, name);
  return { width: numLatents, activeWidth: Math.min(k, numLatents) };
}

function patternsOf(adapter: AdapterConfig): ModulePattern[] {
  const patterns = adapter.method === "lora" ? [adapter.rankPattern] : [adapter.latentsPattern, adapter.kPattern];
  return patterns.filter((pattern) => pattern !== undefined);
}

function isByLastPart(pattern: ModulePattern): boolean {
  return Object.keys(pattern).every((key) => /^\w+$/.test(key));
}
