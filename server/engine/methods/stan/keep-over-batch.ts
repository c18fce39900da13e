import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import type { HostActivations } from "@/server/engine/methods/activations";
import type { TrainingOptions } from "@/server/engine/methods/attached-module";
import { sign, square } from "@/server/engine/tensor/arithmetic";
import { fromValues } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import { entriesAbove, keptMarks, largestOfBatch, layEntries, smallestOf } from "./batch-top-k";
import type { Kept } from "./keep-latents";
import { reselectAbove } from "./reselect";
import type { Selector } from "./selector";
import type { StanModule } from "./stan-module";
import { Threshold } from "./threshold";
import type { KeepInTraining } from "./training-hook";

/** BatchTopK: over a micro-batch in training, above a threshold in inference. @throws Error without one */
export function overBatch(module: StanModule, { threshold: stored }: StanTensors): Selector {
  if (stored === undefined) throw new Error(`${module.module}: the adapter's threshold is missing`);
  const threshold = new Threshold(stored);
  return {
    inTraining: (options) => keepOverBatch(module, threshold, options),
    keep: (preActivations) => onDevice(layEntries(module, entriesAbove(module, preActivations, threshold.value))),
    refills: false,
    reselect: (preActivations, before, rulings) => reselectAbove(module, preActivations, before, rulings),
    passing: (values) => tidy(() => square(sign(values))),
    endStep: () => threshold.endStep(),
    stored: () => ({ threshold: threshold.stored() }),
  };
}

/**
 * The k · n largest over the n counted tokens of a micro-batch. The embeddings of relative positions, which are no tokens, are selected as in
 * inference. A step's first micro-batch forgets what an earlier step left that did not end.
 */
function keepOverBatch(
  module: StanModule,
  threshold: Threshold,
  { attentionMask, draw }: Pick<TrainingOptions, "attentionMask" | "draw">,
): KeepInTraining {
  if (draw === undefined || draw.places[0] === 0) threshold.beginStep();
  return (preActivations, { reads = "tokens", isRepeated = false }) => {
    const isBatch = reads !== "relativePositions";
    const entries = isBatch
      ? largestOfBatch(module, preActivations, reads === "tokens" ? attentionMask : undefined)
      : entriesAbove(module, preActivations, threshold.value);
    if (isBatch && !isRepeated && entries.places.length > 0) threshold.observe(smallestOf(module, entries));
    const laid = layEntries(module, entries);
    const { indices, values } = laid;
    const isKept = keptMarks(module, entries, laid);
    const passes = module.selection === "relu" ? isKept.map((kept, at) => ((values[at] as number) > 0 ? kept : 0)) : isKept;
    return {
      ...onDevice(laid),
      mask: fromValues(passes, [laid.tokens, laid.width]),
      observed: indices.map((latent, at) => (isKept[at] === 1 ? latent : -1)),
    };
  };
}

function onDevice({ tokens, width, indices, values }: HostActivations): Kept {
  return { indices: fromValues(indices, [tokens, width]), values: fromValues(values, [tokens, width]) };
}
