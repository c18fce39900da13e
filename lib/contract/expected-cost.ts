import { methodOf } from "./methods/methods";
import { isDiffusion, isEncoder, type ModelSummary, timesIn } from "./model";
import type { RunCost } from "./run";
import type { AdapterConfig } from "./run-config";

/**
 * What is trained will weigh, from its configuration and the model's description alone; times and memory are not known before it runs.
 * Null where a target, or a pattern's key, is more than a last name part: which of the model's modules it means is then seen when the model is loaded.
 */
export function expectedCost(adapter: AdapterConfig, model: ModelSummary): RunCost | null {
  const counted = methodOf(adapter).count(adapter, model);
  if (counted === null) return null;
  const { trainableParameters, activeParameters, flops, frozen = 0 } = counted;
  return {
    trainableParameters,
    activeParameters,
    baseParameters: model.parameters,
    flopsPerToken: baseFlopsPerToken(model) + flops,
    adapterBytes: 4 * (trainableParameters + frozen),
    medianStepMs: null,
    tokensPerSecond: null,
    peakMemoryBytes: null,
  };
}

/** Of the model alone, forward, without attention over earlier tokens: its projections, and of a language model the one to the vocabulary. */
export function baseFlopsPerToken(model: ModelSummary): number {
  const projections = model.projections.reduce((sum, one) => sum + 2 * one.dIn * one.dOut * timesIn(one, model, null), 0);
  return projections + (isEncoder(model) || isDiffusion(model) ? 0 : 2 * model.dModel * model.vocab);
}
