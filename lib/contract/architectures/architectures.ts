import type { Architecture, DecoderArchitecture, EncoderArchitecture } from "./architecture";
import { bert, roberta } from "./bert";
import { debertaV2 } from "./deberta-v2";
import type { EncoderNames } from "./encoder-config";
import { gemma } from "./gemma";
import { gemma2 } from "./gemma2";
import { gemma3Text } from "./gemma3";
import { gptNeox } from "./gpt-neox";
import { gpt2 } from "./gpt2";
import { llama, mistral, qwen2 } from "./llama";
import { mixtral } from "./mixtral";
import { olmo2 } from "./olmo2";
import { olmo3 } from "./olmo3";
import { phi3 } from "./phi3";
import { qwen3 } from "./qwen3";
import { qwen3Moe } from "./qwen3-moe";
import { smollm3 } from "./smollm3";
import { clip, siglip } from "./vision/clip";
import { dinov2, dinov2WithRegisters } from "./vision/dinov2";
import type { VisionArchitecture } from "./vision/vision-architecture";
import { vit } from "./vision/vit";
import { isVisionLanguageName, TEXT_MODULES } from "./vision-language/vision-language-names";

/** Every architecture by its `model_type`. One is added by a file and its line here. */
const architectures = {
  llama,
  mistral,
  mixtral,
  qwen2,
  qwen3,
  qwen3_moe: qwen3Moe,
  olmo2,
  olmo3,
  smollm3,
  phi3,
  gemma,
  gemma2,
  gemma3_text: gemma3Text,
  gpt2,
  gpt_neox: gptNeox,
  bert,
  roberta,
  "deberta-v2": debertaV2,
  vit,
  dinov2,
  dinov2_with_registers: dinov2WithRegisters,
  // Of models of images and texts the tower alone.
  clip,
  clip_vision_model: clip,
  siglip,
  siglip_vision_model: siglip,
} satisfies Record<string, Architecture>;

type Named = typeof architectures;
export type DecoderName = { [Name in keyof Named]: Named[Name] extends DecoderArchitecture ? Name : never }[keyof Named];
export type EncoderName = { [Name in keyof Named]: Named[Name] extends EncoderArchitecture ? Name : never }[keyof Named];
export type ImageEncoderName = Exclude<keyof Named, DecoderName | EncoderName>;

const names = Object.keys(architectures) as readonly (keyof Named)[];

/** Architectures that continue text. */
export const DECODER_NAMES: readonly DecoderName[] = names.filter((name): name is DecoderName => architectures[name].kind === "decoder");

/** Architectures that read a whole text and classify it. */
export const ENCODER_NAMES: readonly EncoderName[] = names.filter((name): name is EncoderName => architectures[name].kind === "encoder");

/** Architectures that read a whole image and classify it. */
export const IMAGE_ENCODER_NAMES: readonly ImageEncoderName[] = names.filter(
  (name): name is ImageEncoderName => architectures[name].kind === "imageEncoder",
);

export function decoderOf(name: DecoderName): DecoderArchitecture {
  return architectures[name];
}

export function encoderOf(name: EncoderName): EncoderArchitecture {
  return architectures[name];
}

export function imageEncoderOf(name: ImageEncoderName): VisionArchitecture {
  return architectures[name];
}

/** The architecture of a model by its `model_type`, undefined where it is not supported. */
export function architectureOf(modelType: unknown): Architecture | undefined {
  const name = names.find((name) => name === modelType);
  return name === undefined ? undefined : architectures[name];
}

/** Whether the output of a projection, named by its last part, is added to the residual stream, so that its vectors can be read as logits. */
export function writesToResidual(modelType: string, projection: string): boolean {
  const own = isVisionLanguageName(modelType) ? TEXT_MODULES : architectureOf(modelType);
  const writers: readonly string[] = own?.residualWriters ?? [];
  return writers.includes(projection);
}

/**
 * Name within a block of the projection that the feed-forward part ends in: its output is added to the residual stream, in encoders before a norm.
 * Undefined for an architecture that is not supported.
 */
export function feedForwardWriter(modelType: string): string | undefined {
  if (isVisionLanguageName(modelType)) return TEXT_MODULES.down;
  const found = architectureOf(modelType);
  if (found === undefined) return undefined;
  return found.kind === "decoder" ? found.layout.names.down : found.names.inner.down;
}

/** Names of the modules of a text encoder's model for sequence classification. @throws RangeError for an architecture that is none */
export function encoderNames(modelType: string): EncoderNames {
  const found = architectureOf(modelType);
  if (found?.kind !== "encoder") throw new RangeError(`${modelType} is not one of the encoders ${ENCODER_NAMES.join(", ")}`);
  return found.names;
}
