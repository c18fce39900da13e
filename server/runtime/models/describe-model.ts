import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { decoderOf, imageEncoderOf } from "@/lib/contract/architectures/architectures";
import { blockProjection } from "@/lib/contract/architectures/block-projections";
import { type AnyModelConfig, parseAnyConfig } from "@/lib/contract/architectures/parse-any-config";
import type { EncoderConfig, ModelConfig, VisionEncoderConfig } from "@/lib/contract/architectures/parse-model-config";
import type { VisionLanguageConfig } from "@/lib/contract/architectures/vision-language/llava";
import { TEXT_MODULES } from "@/lib/contract/architectures/vision-language/vision-language-names";
import type { ModelSummary } from "@/lib/contract/model";
import { underLiveNames } from "@/server/engine/models/vision/vision-weights";
import { divideWeights } from "@/server/engine/models/vision-language/vision-language-weights";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { asInvalidFile } from "@/server/files/file-error";
import { type Checkpoint, openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { isDiffusionFolder, PIPELINE } from "@/server/files/weights/diffusion-layout";
import { entryCount, type WeightSource } from "@/server/files/weights/weight-source";
import { hashFiles } from "@/server/runtime/hash-files";
import { describeDiffusion } from "./describe-diffusion";
import { describeImageInput } from "./image-input";
import { tokenizerOf } from "./load-tokenizer";
import { type FoundProjection, overBlocks, projectionsIn, type Tensors } from "./projections-in-blocks";
import { featuresOf, promptImagesOf } from "./prompt-images";

export type ModelDescription = Omit<ModelSummary, "id" | "name" | "revision" | "createdAt">;

/**
 * What a person sees of a model before it is loaded: read from its configuration and its tensors' shapes.
 *
 * @param path a folder of transformers or diffusers, or a .gguf file
 * @throws FileError, or Error naming the key, where the engine cannot run the model
 */
export function describeModel(path: string): ModelDescription {
  if (isDiffusionFolder(path)) return describeDiffusion(path);
  const checkpoint = openCheckpoint(path);
  try {
    return describe(path, checkpoint);
  } catch (error) {
    throw asInvalidFile(path, error);
  } finally {
    checkpoint.weights.close();
  }
}

function describe(path: string, checkpoint: Checkpoint): ModelDescription {
  const given = parseAnyConfig(checkpoint.config);
  const { weights } = checkpoint;
  const tokenizer = tokenizerOf(checkpoint);
  const config = "text" in given ? given.text : given;
  return {
    architecture: "text" in given ? String(checkpoint.config["model_type"]) : given.architecture,
    format: checkpoint.format,
    path,
    parameters: weights.names().reduce((sum, name) => sum + entryCount(weights.shape(name)), 0),
    sizeBytes: checkpoint.bytes,
    numLayers: config.numLayers,
    dModel: config.dModel,
    heads: config.heads,
    hasChatTemplate: tokenizer !== null && tokenizer.chatTemplate !== null,
    ...ofKind(path, given, { weights, tokenizer }),
    defaultTargets: [...("text" in given ? TEXT_MODULES : given).defaultTargets],
  };
}

type OfKind = Pick<ModelDescription, "vocab" | "contextLength" | "projections" | "hasPooler" | "images">;

type Read = { readonly weights: WeightSource; readonly tokenizer: Tokenizer | null };

function ofKind(path: string, config: AnyModelConfig, { weights, tokenizer }: Read): OfKind {
  if ("text" in config) return describeVisionLanguage(path, config, { weights, tokenizer });
  if ("imageSize" in config) return describeImages(path, config, weights);
  const { vocab, contextLength } = config;
  if ("blocks" in config) return { vocab, contextLength, projections: projectionsOf(config, weights) };
  return { vocab, contextLength, projections: encoderProjectionsOf(config, weights), hasPooler: hasPooler(config, weights) };
}

/** The language model, and how images enter its prompts. @throws FileError also where its tokenizer writes no image token */
function describeVisionLanguage(path: string, config: VisionLanguageConfig, { weights, tokenizer }: Read): OfKind {
  const { text, images } = config;
  const { vocab, contextLength } = text;
  const { text: own } = divideWeights(weights, config);
  const { images: input } = describeImageInput(path, images.tower);
  const tokensInPrompt = tokenizer === null ? featuresOf(input.size, images) : promptImagesOf(path, images, tokenizer).each;
  return { vocab, contextLength, images: { ...input, tokensInPrompt }, projections: projectionsOf(text, own, text) };
}

/** Every image has as many tokens, so that is the length of each row. */
function describeImages(path: string, config: VisionEncoderConfig, weights: WeightSource): OfKind {
  const { images, tokens } = describeImageInput(path, config);
  const { prefix, layers } = config.names;
  const live = underLiveNames(weights, imageEncoderOf(config.architecture));
  return {
    vocab: 0,
    contextLength: tokens,
    images,
    projections: projectionsIn(`${prefix}.${layers}.`, live, config.numLayers),
  };
}

type Projection = ModelSummary["projections"][number];

/** The linear modules of the blocks, in the checkpoint's order: by the last part of their names, or, where several share it, by their places in a block. */
function projectionsOf({ architecture, numLayers }: ModelConfig, weights: Tensors, layout = decoderOf(architecture).layout): Projection[] {
  const found = weights.names().flatMap((weight): FoundProjection[] => {
    const place = weight.endsWith(".weight") ? blockProjection(weight.slice(0, -".weight".length), layout) : undefined;
    const [rows, columns, ...rest] = weights.shape(weight);
    if (place === undefined || rows === undefined || columns === undefined || rest.length > 0) return [];
    const [dIn, dOut] = layout.storesByInput ? [rows, columns] : [columns, rows];
    return [{ ...place, dIn, dOut, weight }];
  });
  const projections = overBlocks(found, numLayers, weights);
  const lastParts = projections.map(({ name }) => name.slice(name.lastIndexOf(".") + 1));
  return projections.map((projection, at) => {
    const last = lastParts[at] ?? projection.name;
    return lastParts.filter((part) => part === last).length > 1 ? projection : { ...projection, name: last };
  });
}

/** As above, by their whole names within the block: an encoder has several modules that are called `dense`. */
function encoderProjectionsOf({ names, numLayers }: EncoderConfig, weights: WeightSource): Projection[] {
  const isBare = !weights.names().some((name) => name.startsWith(`${names.prefix}.`));
  return projectionsIn(`${isBare ? "" : `${names.prefix}.`}${names.inner.layers}.`, weights, numLayers);
}

/** A head with a dense layer of its own does not read the pooler that some checkpoints have. */
function hasPooler({ names }: EncoderConfig, weights: WeightSource): boolean {
  return names.pooler !== undefined && weights.names().some((name) => /(?:^|\.)pooler\.dense\.weight$/.test(name));
}

/**
 * SHA-256 over the bytes of the weight files and config.json, of a diffusion model also over what says how noise is added and its classes' names: two models with the same hash are the same model.
 *
 * @param onProgress told how many bytes are hashed
 */
export async function hashModel(path: string, onProgress: (bytes: number) => void, signal: AbortSignal): Promise<string> {
  return hashFiles(await modelFiles(path), onProgress, signal);
}

async function modelFiles(path: string): Promise<string[]> {
  if (!statSync(path).isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith(".safetensors") || name === "config.json");
  const own = names.sort().map((name) => join(path, name));
  return isDiffusionFolder(path) ? [...own, ...(await diffusionFiles(path))] : own;
}

/** Besides those at the top: what of a diffusion model decides what it computes and what its classes are called. */
async function diffusionFiles(path: string): Promise<string[]> {
  const inner = join(path, "transformer");
  const weights = existsSync(inner) ? (await readdir(inner)).filter((name) => name.endsWith(".safetensors")).sort() : [];
  const configs = ["config.json", "scheduler_config.json"].map((name) => join("transformer", name));
  const others = [...configs, join("scheduler", "scheduler_config.json"), "scheduler_config.json", PIPELINE];
  return [...weights.map((name) => join(inner, name)), ...others.map((name) => join(path, name)).filter((file) => existsSync(file))];
}
