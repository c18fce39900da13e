import { type InParts, wholly } from "@/server/engine/tensor/in-parts";
import type { CausalModel } from "./causal-model";
import { parseModelConfig, type RawModelConfig } from "./config";
import { createCausalModel, type ModelDtypes } from "./create-causal-model";
import { FrozenWeights } from "./frozen-weights";
import { gpt2Architecture } from "./gpt2";
import { llamaArchitecture } from "./llama";
import type { WeightSource } from "./weights";

/**
 * Reads a decoder-only model into the engine.
 *
 * @param raw the checkpoint's config.json
 * @param dtypes float32 throughout unless told
 * @throws Error naming the key or the tensors, when the architecture is not supported or the weights do not fit
 */
export function loadCausalModel(raw: RawModelConfig, source: WeightSource, dtypes: Partial<ModelDtypes> = {}): CausalModel {
  return wholly(causalModelInParts(raw, source, dtypes));
}

/** The same in parts. Left early, it frees what it has read. */
export function* causalModelInParts(raw: RawModelConfig, source: WeightSource, dtypes: Partial<ModelDtypes> = {}): InParts<CausalModel> {
  const config = parseModelConfig(raw);
  const { frozen = "float32", decode = frozen } = dtypes;
  const weights = new FrozenWeights(frozen);
  let isLoaded = false;
  try {
    const model =
      config.family === "gpt2"
        ? createCausalModel(config, yield* gpt2Architecture(config, source, weights), weights, { frozen, decode })
        : createCausalModel(config, yield* llamaArchitecture(config, source, weights), weights, { frozen, decode });
    isLoaded = true;
    return model;
  } finally {
    if (!isLoaded) weights.free();
  }
}
