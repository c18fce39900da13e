import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { decoderOf } from "@/lib/contract/architectures/architectures";
import { blockProjection } from "@/lib/contract/architectures/block-projections";
import { type EncoderConfig, type ModelConfig, parseAnyConfig } from "@/lib/contract/architectures/parse-model-config";
import type { ModelSummary } from "@/lib/contract/model";
import { asInvalidFile } from "@/server/files/file-error";
import { type Checkpoint, openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { entryCount, type WeightSource } from "@/server/files/weights/weight-source";
import { hashFiles } from "@/server/runtime/hash-files";
import { tokenizerOf } from "./load-tokenizer";

export type ModelDescription = Omit<ModelSummary, "id" | "name" | "revision" | "createdAt">;

/**
 * What a person sees of a model before it is loaded: read from its configuration and its tensors' shapes.
 *
 * @param path a Hugging Face folder or a .gguf file
 * @throws FileError, or Error naming the key, where the engine cannot run the model
 */
export function describeModel(path: string): ModelDescription {
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
  const config = parseAnyConfig(checkpoint.config);
  const { weights } = checkpoint;
  const tokenizer = tokenizerOf(checkpoint);
  return {
    architecture: config.architecture,
    format: checkpoint.format,
    path,
    parameters: weights.names().reduce((sum, name) => sum + entryCount(weights.shape(name)), 0),
    sizeBytes: checkpoint.bytes,
    numLayers: config.numLayers,
    dModel: config.dModel,
    vocab: config.vocab,
    contextLength: config.contextLength,
    hasChatTemplate: tokenizer !== null && tokenizer.chatTemplate !== null,
    ...("blocks" in config
      ? { projections: projectionsOf(config, weights) }
      : { projections: encoderProjectionsOf(config, weights), hasPooler: hasPooler(config, weights) }),
    defaultTargets: [...config.defaultTargets],
  };
}

/** The linear modules of the first block, in the checkpoint's order: by the last part of their names, or, where several share it, by their places in the block. */
function projectionsOf({ architecture }: ModelConfig, weights: WeightSource): ModelSummary["projections"] {
  const { layout } = decoderOf(architecture);
  const projections = weights.names().flatMap((name) => {
    const found = name.endsWith(".weight") ? blockProjection(name.slice(0, -".weight".length), layout) : undefined;
    const [rows, columns, ...rest] = weights.shape(name);
    if (found?.layer !== 0 || rows === undefined || columns === undefined || rest.length > 0) return [];
    const [dIn, dOut] = layout.storesByInput ? [rows, columns] : [columns, rows];
    return [{ name: found.name, dIn, dOut, hasBias: hasBias(name, weights) }];
  });
  const lastParts = projections.map(({ name }) => name.slice(name.lastIndexOf(".") + 1));
  return projections.map((projection, at) => {
    const last = lastParts[at] ?? projection.name;
    return lastParts.filter((part) => part === last).length > 1 ? projection : { ...projection, name: last };
  });
}

/** As above, by their whole names within the block: an encoder has several modules that are called `dense`. */
function encoderProjectionsOf({ names }: EncoderConfig, weights: WeightSource): ModelSummary["projections"] {
  const firstBlock = `${names.inner.layers}.0.`;
  return weights.names().flatMap((name) => {
    const inner = name.startsWith(`${names.prefix}.`) ? name.slice(names.prefix.length + 1) : name;
    const isModule = inner.startsWith(firstBlock) && inner.endsWith(".weight");
    const module = isModule ? inner.slice(firstBlock.length, -".weight".length) : undefined;
    const [dOut, dIn, ...rest] = weights.shape(name);
    if (module === undefined || dOut === undefined || dIn === undefined || rest.length > 0) return [];
    return [{ name: module, dIn, dOut, hasBias: hasBias(name, weights) }];
  });
}

function hasBias(weightName: string, weights: WeightSource): boolean {
  return weights.names().includes(weightName.replace(/weight$/, "bias"));
}

/** A head with a dense layer of its own does not read the pooler that some checkpoints have. */
function hasPooler({ names }: EncoderConfig, weights: WeightSource): boolean {
  return names.pooler !== undefined && weights.names().some((name) => /(?:^|\.)pooler\.dense\.weight$/.test(name));
}

/**
 * SHA-256 over the bytes of the weight files and config.json: two models with the same hash are the same model.
 *
 * @param onProgress told how many bytes are hashed
 */
export async function hashModel(path: string, onProgress: (bytes: number) => void, signal: AbortSignal): Promise<string> {
  return hashFiles(await modelFiles(path), onProgress, signal);
}

async function modelFiles(path: string): Promise<string[]> {
  if (!statSync(path).isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith(".safetensors") || name === "config.json");
  return names.sort().map((name) => join(path, name));
}
