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
  const config = parseModelConfig(raw);
  const { frozen = "float32", decode = frozen } = dtypes;
  const weights = new FrozenWeights(frozen);
  try {
    return config.family === "gpt2"
      ? createCausalModel(config, gpt2Architecture(config, source, weights), weights, { frozen, decode })
      : createCausalModel(config, llamaArchitecture(config, source, weights), weights, { frozen, decode });
  } catch (fault) {
    weights.free();
    throw fault;
  }
}
