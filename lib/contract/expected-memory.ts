import { frozenBytes } from "./frozen-form";
import { methodOf } from "./methods/methods";
import { isEncoder, type ModelSummary } from "./model";
import type { RunConfig } from "./run-config";

/** Numbers kept for the backward pass, per token and layer, over the summed widths of the layer's projections; measured by us. */
const heldOverWidths = 1.4;
/** Arrays as wide as the vocabulary that the loss holds: scores, probabilities, their gradient. */
const lossArrays = 3;

/** Bytes of the trained weights, their gradients and both moments of Adam, float32. */
export function trainedBytes(trainableParameters: number): number {
  return 16 * trainableParameters;
}

/**
 * Bytes of the tensors that a training will hold at most: frozen and trained weights, gradients, moments, and activations, which are kept from the lowest
 * adapted layer up. Our own formula: 1,649 MiB and 5,235 MiB where LoRA r=16 and STAN M=4096 over SmolLM2-135M took 1,641 and 5,055. Null where the size
 * of what is trained is not known.
 */
export function expectedMemory(
  { adapter, training, frozenDtype }: Pick<RunConfig, "adapter" | "training" | "frozenDtype">,
  model: ModelSummary,
) {
  const method = methodOf(adapter);
  const trained = method.count(adapter, model)?.trainableParameters;
  if (trained === undefined) return null;
  const tokens = Math.min(training.microBatchRows ?? training.batchRows, training.batchRows) * training.maxTokens;
  const widths = model.projections.reduce((sum, { dIn, dOut }) => sum + dIn + dOut, 0);
  const targets = method.targetsOf(adapter);
  const lowest = typeof targets === "object" && targets.layers !== null ? Math.min(...targets.layers) : 0;
  const heldLayers = targets === "none" ? 0 : Math.max(1, model.numLayers - lowest);
  const scores = isEncoder(model) ? 0 : lossArrays * model.vocab;
  const activations = 4 * tokens * (heldOverWidths * heldLayers * widths + scores);
  return Math.round(frozenBytes(frozenDtype, model) + trainedBytes(trained) + activations);
}
