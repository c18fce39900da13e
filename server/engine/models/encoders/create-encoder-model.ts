import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { wholly } from "@/server/engine/tensor/in-parts";
import type { EncoderArchitecture } from "./encoder-architecture";
import type { EncoderBatch } from "./encoder-batch";
import type { EncoderModel } from "./encoder-model";
import { encoderPasses } from "./encoder-passes";

export function createEncoderModel<Config, Saved, Own extends EncoderBatch>(
  config: Config,
  architecture: EncoderArchitecture<Saved, Own>,
  weights: FrozenWeights,
): EncoderModel<Config> {
  const { blocks, pooler, checkpointHead } = architecture;
  const inParts = encoderPasses(architecture, weights);
  return {
    config,
    frozenForm: weights.form,
    projections: [...blocks.flatMap((block) => block.projections), ...(pooler === undefined ? [] : [pooler])],
    pooler,
    checkpointHead,
    inputs: architecture.inputs,
    head: architecture.head,
    get bytes() {
      return weights.bytes;
    },
    forward: (...asked) => wholly(inParts.forward(...asked)),
    inParts,
    free: () => weights.free(),
  };
}
