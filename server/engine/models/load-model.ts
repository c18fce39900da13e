import { decoderOf } from "@/lib/contract/architectures/architectures";
import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { type ModelConfig, parseModelConfig } from "@/lib/contract/architectures/parse-model-config";
import { weightNames } from "@/lib/contract/architectures/stored-names";
import type { InParts } from "@/server/engine/tensor/in-parts";
import type { CausalModel } from "./causal-model";
import { createCausalModel, type ModelDtypes } from "./create-causal-model";
import { fusedDecoder } from "./decoders/fused-decoder";
import { gatedDecoder } from "./decoders/gated-decoder";
import { joinedDecoder } from "./decoders/joined-decoder";
import { FrozenWeights } from "./frozen-weights";
import type { WeightSource } from "./weights";

/**
 * Reads a decoder-only model into the engine. Left early, it frees what it has read.
 *
 * @param raw the checkpoint's config.json
 * @param dtypes float32 throughout unless told
 * @throws Error naming the key or the tensors, when the architecture is not supported or the weights do not fit
 */
export function* causalModelInParts(raw: RawModelConfig, source: WeightSource, dtypes: Partial<ModelDtypes> = {}): InParts<CausalModel> {
  const config = parseModelConfig(raw);
  const { frozen = "float32", decode = frozen === "bfloat16" ? frozen : "float32" } = dtypes;
  const weights = new FrozenWeights(frozen);
  let isLoaded = false;
  try {
    const model = yield* modelInParts(config, underWholeNames(source, config), weights, { frozen, decode });
    isLoaded = true;
    return model;
  } finally {
    if (!isLoaded) weights.free();
  }
}

function* modelInParts(config: ModelConfig, source: WeightSource, weights: FrozenWeights, dtypes: ModelDtypes): InParts<CausalModel> {
  switch (config.blocks) {
    case "gated":
      return createCausalModel(config, yield* gatedDecoder(config, source, weights), weights, dtypes);
    case "joined":
      return createCausalModel(config, yield* joinedDecoder(config, source, weights), weights, dtypes);
    case "fused":
      return createCausalModel(config, yield* fusedDecoder(config, source, weights), weights, dtypes);
  }
}

/** The weights under the architecture's own names, without stored masks and tables. */
function underWholeNames(source: WeightSource, { architecture }: ModelConfig): WeightSource {
  const stored = weightNames(source.names(), decoderOf(architecture));
  const storedName = (name: string) => stored.get(name) ?? name;
  return {
    names: () => [...stored.keys()],
    shape: (name) => source.shape(storedName(name)),
    read: (name) => source.read(storedName(name)),
    blocks: (name) => source.blocks?.(storedName(name)),
  };
}
