import {
  DECODER_NAMES,
  type DecoderName,
  decoderOf,
  ENCODER_NAMES,
  type EncoderName,
  encoderOf,
  IMAGE_ENCODER_NAMES,
  type ImageEncoderName,
  imageEncoderOf,
} from "./architectures";
import type { RawModelConfig } from "./config-keys";
import type { DecoderConfig } from "./decoder-config";
import type { BertConfig, DebertaConfig } from "./encoder-config";
import { demandTask } from "./encoder-keys";
import { unsupportedArchitecture } from "./nearest-architecture";
import { demandPlainWeights } from "./quantised-weights";
import type { VisionConfig } from "./vision/vision-config";

type Named<Name> = {
  readonly architecture: Name;
  /** Last parts of the module names that carry an adapter by default. */
  readonly defaultTargets: readonly string[];
};

/** The configuration of a model that continues text. */
export type ModelConfig = DecoderConfig & Named<DecoderName>;

/** The configuration of a model that reads a whole text and classifies it. */
export type EncoderConfig = (BertConfig | DebertaConfig) & Named<EncoderName>;

/** The configuration of a model that reads a whole image and classifies it. */
export type VisionEncoderConfig = VisionConfig & Named<ImageEncoderName>;

export function isEncoderConfig(raw: RawModelConfig): boolean {
  return ENCODER_NAMES.some((name) => name === raw["model_type"]);
}

export function isVisionConfig(raw: RawModelConfig): boolean {
  return IMAGE_ENCODER_NAMES.some((name) => name === raw["model_type"]);
}

/**
 * Reads the keys of `config.json` that the forward pass depends on.
 *
 * @throws Error naming the key, when the architecture or one of its variants is not supported or a number is missing
 */
export function parseModelConfig(raw: RawModelConfig): ModelConfig {
  const architecture = DECODER_NAMES.find((name) => name === raw["model_type"]);
  if (architecture === undefined && (isEncoderConfig(raw) || isVisionConfig(raw))) {
    throw new Error(
      `config.json: model_type ${JSON.stringify(raw["model_type"])} is an encoder, which does not generate text; use one of ${DECODER_NAMES.join(", ")}`,
    );
  }
  if (architecture === undefined) throw unsupportedArchitecture(raw, DECODER_NAMES);
  demandPlainWeights(raw);
  const { parse, defaultTargets } = decoderOf(architecture);
  return { ...parse(raw), architecture, defaultTargets };
}

/** As `parseModelConfig`, of an encoder. */
export function parseEncoderConfig(raw: RawModelConfig): EncoderConfig {
  const architecture = ENCODER_NAMES.find((name) => name === raw["model_type"]);
  if (architecture === undefined) {
    throw new Error(
      `config.json: model_type ${JSON.stringify(raw["model_type"])} is not a supported encoder; supported: ${ENCODER_NAMES.join(", ")}`,
    );
  }
  demandPlainWeights(raw);
  demandTask(raw);
  const { parse, defaultTargets } = encoderOf(architecture);
  return { ...parse(raw), architecture, defaultTargets };
}

/** As `parseModelConfig`, of an encoder of images, also a tower within a model of images and texts. */
export function parseVisionConfig(raw: RawModelConfig): VisionEncoderConfig {
  const architecture = IMAGE_ENCODER_NAMES.find((name) => name === raw["model_type"]);
  if (architecture === undefined) {
    throw new Error(
      `config.json: model_type ${JSON.stringify(raw["model_type"])} is not a supported vision encoder; supported: ${IMAGE_ENCODER_NAMES.join(", ")}`,
    );
  }
  demandPlainWeights(raw);
  demandTask(raw);
  const { parse, defaultTargets } = imageEncoderOf(architecture);
  return { ...parse(raw), architecture, defaultTargets };
}
