import { IMAGE_ENCODER_NAMES } from "@/lib/contract/architectures/architectures";
import { oneOf, type RawModelConfig, wholeFromZero } from "@/lib/contract/architectures/config-keys";
import type { DecoderConfig } from "@/lib/contract/architectures/decoder-config";
import { NONLINEARITIES } from "@/lib/contract/architectures/nonlinearity-names";
import {
  type ModelConfig,
  parseModelConfig,
  parseVisionConfig,
  type VisionEncoderConfig,
} from "@/lib/contract/architectures/parse-model-config";
import { demandPlainWeights } from "@/lib/contract/architectures/quantised-weights";
import { LIVE_PREFIXES } from "@/lib/contract/architectures/vision/live-names";
import { withStandard } from "@/lib/contract/architectures/vision/vision-keys";
import { TEXT_STANDARDS } from "./text-standards";
import type { ImageInputConfig } from "./vision-language-config";
import { isVisionLanguageName } from "./vision-language-names";

/** The tower of a file that says nothing of it: CLIP's ViT-L/14 for 336 pixels. */
const towerStandard: RawModelConfig = {
  model_type: "clip_vision_model",
  hidden_size: 1024,
  intermediate_size: 4096,
  num_hidden_layers: 24,
  num_attention_heads: 16,
  patch_size: 14,
  image_size: 336,
};

export function isVisionLanguageConfig(raw: RawModelConfig): boolean {
  return isVisionLanguageName(raw["model_type"]);
}

/** A language model that reads images, and how. Its own modules have the names of the live model. */
export type VisionLanguageConfig = { readonly text: ModelConfig; readonly images: ImageInputConfig };

/**
 * Reads the `config.json` of LLaVA (Liu et al. 2023): any vision encoder, and any language model whose embeddings enter its first block as they are.
 *
 * @throws Error naming the key and its part, where one is not supported
 */
export function parseLlava(raw: RawModelConfig): VisionLanguageConfig {
  demandPlainWeights(raw);
  const text = textOf(raw);
  const tower = towerOf(raw);
  const featureLayers = featureLayersOf(raw, tower.numLayers);
  const dropsFirst = oneOf(raw, "vision_feature_select_strategy", "default", ["default", "full"] as const) === "default";
  const images: ImageInputConfig = {
    tower,
    featureLayers,
    dropsFirst,
    projector: {
      first: `${LIVE_PREFIXES.projector}.linear_1`,
      second: `${LIVE_PREFIXES.projector}.linear_2`,
      dIn: featureLayers.length * tower.dModel,
      dOut: text.dModel,
      hasBias: raw["multimodal_projector_bias"] !== false,
      activation: oneOf(raw, "projector_hidden_act", "gelu", NONLINEARITIES),
    },
    imageToken: wholeFromZero(
      raw,
      raw["image_token_index"] == null && raw["image_token_id"] != null ? "image_token_id" : "image_token_index",
      32000,
    ),
  };
  return { text, images };
}

function textOf(raw: RawModelConfig): ModelConfig {
  const given = partOf(raw, "text_config");
  const name = given["model_type"] ?? "llama";
  const config = inPart("text_config", () =>
    parseModelConfig({
      ...withStandard(given, TEXT_STANDARDS[String(name)] ?? {}),
      model_type: name,
      tie_word_embeddings: raw["tie_word_embeddings"] === true || given["tie_word_embeddings"] === true,
    }),
  );
  const problem = problemOf(config);
  if (problem !== undefined)
    throw new Error(
      `config.json: text_config: model_type ${JSON.stringify(name)} ${problem}, which LLaVA's features do not; use another language model`,
    );
  return underLivePrefix(config);
}

/** Why features cannot stand in the place of a model's embeddings. */
function problemOf(config: DecoderConfig): string | undefined {
  if (config.names.positions !== undefined) return "embeds positions";
  if ("embeddingScale" in config && config.embeddingScale !== 1) return "scales its embeddings";
  return config.names.embedding.startsWith(OWN_PREFIX) ? undefined : "has names of its own";
}

/** Before the names of a language model's modules where it stands alone, its head's aside. */
const OWN_PREFIX = "model.";

function underLivePrefix<Config extends DecoderConfig>(config: Config): Config {
  const { names } = config;
  const live = (name: string) => liveTextName(name);
  const outer = { embedding: live(names.embedding), layers: live(names.layers), finalNorm: live(names.finalNorm) };
  return { ...config, names: { ...names, ...outer } };
}

/** A language model's own name of a tensor or module, as the whole model has it. */
export function liveTextName(name: string): string {
  return name.startsWith(OWN_PREFIX) ? `${LIVE_PREFIXES.text}.${name.slice(OWN_PREFIX.length)}` : name;
}

function towerOf(raw: RawModelConfig): VisionEncoderConfig {
  const given = partOf(raw, "vision_config");
  const config = inPart("vision_config", () => {
    if (raw["vision_config"] == null) return parseVisionConfig(towerStandard);
    const name = given["model_type"] ?? "clip_vision_model";
    if (!IMAGE_ENCODER_NAMES.some((known) => known === name)) {
      throw new Error(
        `config.json: model_type ${JSON.stringify(name)} is not a supported vision encoder; supported: ${IMAGE_ENCODER_NAMES.join(", ")}`,
      );
    }
    return parseVisionConfig({ ...given, model_type: name });
  });
  return { ...config, names: { ...config.names, prefix: LIVE_PREFIXES.tower } };
}

/** Counted from the end where it is below 0: −1 is what leaves the last block. */
function featureLayersOf(raw: RawModelConfig, numLayers: number): number[] {
  const given: unknown = raw["vision_feature_layer"] ?? -2;
  const listed: readonly unknown[] = Array.isArray(given) ? given : [given];
  const layers = listed.map((layer) => {
    const place = typeof layer === "number" && layer < 0 ? layer + numLayers + 1 : layer;
    if (typeof place === "number" && Number.isInteger(place) && place >= 0 && place <= numLayers) return place;
    throw new Error(
      `config.json: vision_feature_layer ${JSON.stringify(layer)} is not one of the ${numLayers + 1} hidden states of the vision encoder, 0…${numLayers} or −${numLayers + 1}…−1`,
    );
  });
  if (layers.length > 0) return layers;
  throw new Error("config.json: vision_feature_layer is an empty list");
}

function partOf(raw: RawModelConfig, key: string): RawModelConfig {
  const part = raw[key];
  if (part == null) return {};
  if (typeof part === "object" && !Array.isArray(part)) return part as RawModelConfig;
  throw new Error(`config.json: ${key} must be an object, but is ${JSON.stringify(part)}`);
}

/** Says in an error which part of the configuration it is about. */
function inPart<Config>(part: string, parse: () => Config): Config {
  try {
    return parse();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(message.replace(/^config\.json:/, `config.json: ${part}:`), { cause });
  }
}
