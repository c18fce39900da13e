import { DECODER_NAMES, ENCODER_NAMES, IMAGE_ENCODER_NAMES } from "./architectures";
import type { RawModelConfig } from "./config-keys";
import { unsupportedArchitecture } from "./nearest-architecture";
import {
  type EncoderConfig,
  isEncoderConfig,
  isVisionConfig,
  type ModelConfig,
  parseEncoderConfig,
  parseModelConfig,
  parseVisionConfig,
  type VisionEncoderConfig,
} from "./parse-model-config";
import { isVisionLanguageConfig, parseLlava, type VisionLanguageConfig } from "./vision-language/llava";
import { VISION_LANGUAGE_NAMES } from "./vision-language/vision-language-names";

/** The configuration of any model that is not a diffusion model; of one that reads images in its prompts both of its parts. */
export type AnyModelConfig = ModelConfig | EncoderConfig | VisionEncoderConfig | VisionLanguageConfig;

/** Names of all architectures that are read from such a file. */
export const ANY_NAMES: readonly string[] = [...DECODER_NAMES, ...ENCODER_NAMES, ...IMAGE_ENCODER_NAMES, ...VISION_LANGUAGE_NAMES];

/** Reads the `config.json` of a model of any kind. @throws Error naming the key, with the list of what is supported */
export function parseAnyConfig(raw: RawModelConfig): AnyModelConfig {
  if (isEncoderConfig(raw)) return parseEncoderConfig(raw);
  if (isVisionConfig(raw)) return parseVisionConfig(raw);
  if (isVisionLanguageConfig(raw)) return parseLlava(raw);
  if (DECODER_NAMES.some((name) => name === raw["model_type"])) return parseModelConfig(raw);
  throw unsupportedArchitecture(raw, ANY_NAMES);
}
