import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { parseEncoderConfig } from "@/lib/contract/architectures/parse-model-config";
import { FrozenWeights } from "@/server/engine/models/frozen-weights";
import type { FrozenForm, WeightSource } from "@/server/engine/models/weights";
import { bertArchitecture } from "./bert";
import { createEncoderModel } from "./create-encoder-model";
import { debertaArchitecture } from "./deberta-v2";
import type { TextEncoder } from "./encoder-model";

/**
 * Reads an encoder into the engine: a model for sequence classification, one for masked language modelling, or the bare encoder.
 *
 * @param raw the checkpoint's config.json
 * @throws Error naming the key or the tensors, when the architecture is not supported or the weights do not fit
 */
export function loadEncoder(raw: RawModelConfig, source: WeightSource, frozen: FrozenForm = "float32"): TextEncoder {
  const config = parseEncoderConfig(raw);
  const weights = new FrozenWeights(frozen);
  try {
    return config.family === "bert"
      ? createEncoderModel(config, bertArchitecture(config, source, weights), weights)
      : createEncoderModel(config, debertaArchitecture(config, source, weights), weights);
  } catch (fault) {
    weights.free();
    throw fault;
  }
}
