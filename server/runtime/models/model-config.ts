import {
  ENCODER_ARCHITECTURES,
  isEncoder,
  type ModelConfig,
  parseModelConfig,
  type RawModelConfig,
  SUPPORTED_ARCHITECTURES,
} from "@/server/engine/models/config";
import { type EncoderConfig, parseEncoderConfig } from "@/server/engine/models/encoders/encoder-config";

export type AnyModelConfig = ModelConfig | EncoderConfig;

/**
 * Reads the `config.json` of a model that continues text, or of one that classifies it.
 *
 * @throws Error naming the key, with the list of what is supported
 */
export function parseAnyConfig(raw: RawModelConfig): AnyModelConfig {
  if (isEncoder(raw)) return parseEncoderConfig(raw);
  if (SUPPORTED_ARCHITECTURES.some((name) => name === raw["model_type"])) return parseModelConfig(raw);
  const supported = [...SUPPORTED_ARCHITECTURES, ...ENCODER_ARCHITECTURES].join(", ");
  throw new Error(`config.json: model_type ${JSON.stringify(raw["model_type"])} is not supported; supported are ${supported}`);
}
