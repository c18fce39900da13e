import type { ModelSummary } from "./model";
import type { RunCost } from "./run";
import type { AdapterConfig } from "./run-config";

/**
 * What an adapter will weigh, from its configuration and the model's description alone; times and memory are not known before it runs.
 * Null where a target is more than a last name part: which of the model's modules it means is then seen when the model is loaded.
 */
export function expectedCost(adapter: AdapterConfig, model: ModelSummary): RunCost | null {
  const { modules, layers } = adapter.targets;
  if (modules.some((target) => target.includes("."))) return null;
  const numLayers = layers?.length ?? model.numLayers;
  const [width, activeWidth] =
    adapter.method === "lora" ? [adapter.rank, adapter.rank] : [adapter.numLatents, Math.min(adapter.k, adapter.numLatents)];
  let trainableParameters = 0;
  let activeParameters = 0;
  let flopsPerToken = 2 * model.dModel * model.vocab;
  for (const { name, dIn, dOut } of model.projections) {
    flopsPerToken += 2 * dIn * dOut * model.numLayers;
    if (!modules.includes(name)) continue;
    trainableParameters += width * (dIn + dOut) * numLayers;
    activeParameters += activeWidth * (dIn + dOut) * numLayers;
    flopsPerToken += 2 * (width * dIn + activeWidth * dOut) * numLayers;
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
