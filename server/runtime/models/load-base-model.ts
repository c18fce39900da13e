import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { isEncoderConfig, isVisionConfig } from "@/lib/contract/architectures/parse-model-config";
import { isVisionLanguageConfig } from "@/lib/contract/architectures/vision-language/llava";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { TextEncoder } from "@/server/engine/models/encoders/encoder-model";
import { loadEncoder } from "@/server/engine/models/encoders/load-encoder";
import { causalModelInParts } from "@/server/engine/models/load-model";
import { loadVisionEncoder, type VisionEncoder } from "@/server/engine/models/vision/load-vision";
import type { FrozenForm } from "@/server/engine/models/weights";
import { engineInfo } from "@/server/engine/tensor/backend";
import { type InParts, wholly } from "@/server/engine/tensor/in-parts";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { asInvalidFile, FileError } from "@/server/files/file-error";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { isDiffusionFolder } from "@/server/files/weights/diffusion-layout";
import { entryCount, type WeightSource } from "@/server/files/weights/weight-source";
import { type DiffusionPart, loadDiffusionBase } from "./load-diffusion-base";
import { tokenizerOf } from "./load-tokenizer";

type Loaded = {
  readonly path: string;
  /** Numbers in the checkpoint. */
  readonly parameters: number;
  /** Null where the checkpoint has none: such a model takes token ids only. */
  readonly tokenizer: Tokenizer | null;
};

/** A model that continues text, with what its folder says besides the weights. */
export type BaseModel = Loaded & { readonly kind: "text"; readonly model: CausalModel };

/** An encoder, which reads a text whole. */
export type EncoderBase = Loaded & { readonly kind: "encoder"; readonly model: TextEncoder };

/** An encoder of images. */
export type ImageBase = Loaded & { readonly kind: "imageEncoder"; readonly model: VisionEncoder };

/** A model that denoises images. */
export type DiffusionBase = Loaded & DiffusionPart;

/** A model that reads its input whole, for a head. */
export type AnswerBase = EncoderBase | ImageBase;

export type LoadedBase = BaseModel | AnswerBase | DiffusionBase;

/**
 * How a model computes: `exact` is float32 throughout; `fast` holds frozen matrices in bfloat16, where the engine has it; `stored` and `nf4` hold them
 * packed and compute in float32.
 */
export type Precision = "exact" | "fast" | "stored" | "nf4";

/** How a run's model computes, wherever it is loaded: to train, to collect, to steer, to be measured. */
export function precisionOf({ frozenDtype }: { readonly frozenDtype: FrozenForm }): Precision {
  if (frozenDtype === "float32") return "exact";
  return frozenDtype === "bfloat16" ? "fast" : frozenDtype;
}

/**
 * Reads a base model from disk into the engine, which must have been started.
 *
 * @param path a Hugging Face folder or a .gguf file
 * @throws FileError naming the file and what is wrong with it
 */
export function loadBase(path: string, precision: Precision): LoadedBase {
  return wholly(baseInParts(path, precision));
}

/** The same in parts. */
export function* baseInParts(path: string, precision: Precision): InParts<LoadedBase> {
  if (isDiffusionFolder(path)) return loadDiffusionBase(path, demandUnpacked(path, precision));
  return yield* opened(path, precision, (config, weights) => modelOf(config, weights, formOf(precision)));
}

/** As `loadBase`. @throws FileError also for an encoder, before its weights are read */
export function loadBaseModel(path: string, precision: Precision): BaseModel {
  return wholly(opened(path, precision, (config, weights) => textModelOf(config, weights, formOf(precision))));
}

/** The kind of a checkpoint's model. @throws FileError naming the file that is missing or at fault */
export function kindOfCheckpoint(path: string): LoadedBase["kind"] {
  if (isDiffusionFolder(path)) return "diffusion";
  const { config, weights } = openCheckpoint(path);
  weights.close();
  if (isVisionConfig(config)) return "imageEncoder";
  return isEncoderConfig(config) ? "encoder" : "text";
}

/** Whether a checkpoint's model continues texts with images. @throws FileError as `kindOfCheckpoint` */
export function readsPromptImages(path: string): boolean {
  if (isDiffusionFolder(path)) return false;
  const { config, weights } = openCheckpoint(path);
  weights.close();
  return isVisionLanguageConfig(config);
}

/** Undefined for a model that does not continue text. */
export function textBase(base: LoadedBase): BaseModel | undefined {
  return base.kind === "text" ? base : undefined;
}

/** @throws FileError for a model that does not continue text */
export function demandText(base: LoadedBase): BaseModel {
  if (base.kind === "text") return base;
  refuseDiffusion(base);
  throw new FileError("invalid", base.path, "is an encoder, which does not generate text");
}

/** @throws FileError for any other model */
export function demandEncoder(base: LoadedBase): AnswerBase {
  refuseDiffusion(base);
  if (base.kind !== "text") return base;
  throw new FileError("invalid", base.path, "is a causal language model, but an encoder is needed");
}

/** As `demandEncoder`. @throws FileError also for an encoder of images */
export function demandTextEncoder(base: LoadedBase): EncoderBase {
  const encoder = demandEncoder(base);
  if (encoder.kind === "encoder") return encoder;
  throw new FileError("invalid", base.path, "is an encoder of images, but an encoder of text is needed");
}

/** As `demandEncoder`. @throws FileError also for an encoder of texts */
export function demandImageEncoder(base: LoadedBase): ImageBase {
  const encoder = demandEncoder(base);
  if (encoder.kind === "imageEncoder") return encoder;
  throw new FileError("invalid", base.path, "is an encoder of text, but an encoder of images is needed");
}

/** @throws FileError for any other model */
export function demandDiffusion(base: LoadedBase): DiffusionBase {
  if (base.kind === "diffusion") return base;
  throw new FileError("invalid", base.path, "is not a diffusion model (a folder as diffusers writes it, with transformer and scheduler)");
}

/** @throws FileError for a diffusion model */
export function refuseDiffusion(base: LoadedBase): asserts base is BaseModel | AnswerBase {
  if (base.kind === "diffusion")
    throw new FileError("invalid", base.path, "is a diffusion model, which denoises images; set task to denoising");
}

/** Entries of its vocabulary; 0 where it reads images. */
export function vocabOf({ model: { config } }: LoadedBase): number {
  return "vocab" in config ? config.vocab : 0;
}

/** Of the frozen weights, without what generation has copied of them. */
export function weightBytesOf({ model }: LoadedBase): number {
  return "weightBytes" in model ? model.weightBytes : model.bytes;
}

type TextModel = Pick<BaseModel, "kind" | "model">;
type AnyModel = TextModel | Pick<EncoderBase, "kind" | "model"> | Pick<ImageBase, "kind" | "model">;

/** @throws FileError where weights are to stay as a GGUF file holds them */
function demandUnpacked(path: string, precision: Precision): FrozenForm {
  if (precision !== "stored") return formOf(precision);
  throw new FileError("invalid", path, "is not a GGUF file, so its weights cannot stay as in one: choose NF4, bfloat16 or float32");
}

/** @param load reads the model from the checkpoint, which is closed afterwards */
function* opened<Model extends AnyModel>(
  path: string,
  precision: Precision,
  load: (config: RawModelConfig, weights: WeightSource) => InParts<Model>,
): InParts<Loaded & Model> {
  const checkpoint = openCheckpoint(path);
  try {
    if (checkpoint.format !== "gguf") demandUnpacked(path, precision);
    const tokenizer = tokenizerOf(checkpoint);
    const { config, weights } = checkpoint;
    const parameters = weights.names().reduce((sum, name) => sum + entryCount(weights.shape(name)), 0);
    return { path, parameters, tokenizer, ...(yield* load(config, weights)) };
  } catch (error) {
    throw asInvalidFile(path, error);
  } finally {
    checkpoint.weights.close();
  }
}

function* modelOf(config: RawModelConfig, weights: WeightSource, frozen: FrozenForm): InParts<AnyModel> {
  if (isVisionConfig(config)) return { kind: "imageEncoder", model: loadVisionEncoder(config, weights, frozen) };
  if (isEncoderConfig(config)) return { kind: "encoder", model: loadEncoder(config, weights, frozen) };
  return yield* textModelOf(config, weights, frozen);
}

function* textModelOf(config: RawModelConfig, weights: WeightSource, frozen: FrozenForm): InParts<TextModel> {
  return { kind: "text", model: yield* causalModelInParts(config, weights, { frozen }) };
}

/** Of the frozen weights. */
function formOf(precision: Precision): FrozenForm {
  if (precision === "stored" || precision === "nf4") return precision;
  return precision === "fast" && engineInfo().bfloat16 ? "bfloat16" : "float32";
}
