import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { architectureOf } from "@/lib/contract/architectures/architectures";
import { weightNames } from "@/lib/contract/architectures/stored-names";
import { asFileError, FileError } from "@/server/files/file-error";
import { isJsonObject, readJsonObject, readTextFile } from "@/server/files/json-file";
import { diffusionRefusal, isDiffusionFolder } from "./diffusion-layout";
import { type GgufFile, openGguf } from "./gguf";
import { ggufConfig } from "./gguf-config";
import type { GgufValue } from "./gguf-cursor";
import { ggufWeights } from "./gguf-names";
import type { RawModelConfig } from "./model-config";
import { openSafetensors, type SafetensorsFile } from "./safetensors";
import { singleWeights, weightsIndex } from "./weight-file-names";
import type { WeightSource } from "./weight-source";

/** The keys `tokenizer.*` of a GGUF file, under their full names. */
export type GgufTokenizerMetadata = Readonly<Record<string, GgufValue>>;

export type TokenizerSource =
  | { kind: "huggingface"; tokenizerJson: unknown; tokenizerConfig: unknown }
  | { kind: "gguf"; metadata: GgufTokenizerMetadata };

export type Checkpoint = {
  config: RawModelConfig;
  weights: WeightSource;
  /** Null where there is none (no `tokenizer.json`, no `tokenizer.ggml.model`): such a model takes token ids only. */
  tokenizer: TokenizerSource | null;
  generationConfig?: Record<string, unknown>;
  /** Size of the weights on disk. */
  bytes: number;
  format: "safetensors" | "gguf";
};

/**
 * Opens a base model: a Hugging Face folder (one `model.safetensors` or shards) or a `.gguf` file. The caller closes `weights`.
 *
 * @throws FileError naming the file that is missing or at fault
 */
export function openCheckpoint(path: string): Checkpoint {
  return isFolder(path) ? openFolder(path) : openGgufCheckpoint(path);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw asFileError(path, error);
  }
}

function openGgufCheckpoint(path: string): Checkpoint {
  const file = openGguf(path);
  try {
    const config = ggufConfig(file);
    return { config, weights: ggufWeights(file, config), tokenizer: ggufTokenizer(file), bytes: file.sizeBytes, format: "gguf" };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** llama.cpp writes `none` or `no_vocab` where a model has no tokenizer. */
function ggufTokenizer(file: GgufFile): TokenizerSource | null {
  if (["none", "no_vocab", undefined].includes(file.metadata.get("tokenizer.ggml.model") as string | undefined)) return null;
  return { kind: "gguf", metadata: Object.fromEntries([...file.metadata].filter(([key]) => key.startsWith("tokenizer."))) };
}

/**
 * Reads what tokenising needs of a base model, whose weights need not be there and whose architecture need not be supported.
 *
 * @throws FileError naming the file that is missing or at fault
 */
export function openTokenizer(path: string): Pick<Checkpoint, "tokenizer" | "generationConfig"> {
  if (isFolder(path)) return { tokenizer: readTokenizer(path), ...readGenerationConfig(path) };
  const file = openGguf(path);
  try {
    return { tokenizer: ggufTokenizer(file) };
  } finally {
    file.close();
  }
}

/** A base model's configuration alone. @throws FileError as `openCheckpoint` does */
export function readCheckpointConfig(path: string): RawModelConfig {
  if (isFolder(path)) return readConfig(join(path, "config.json"));
  const file = openGguf(path);
  try {
    return ggufConfig(file);
  } finally {
    file.close();
  }
}

function openFolder(folder: string): Checkpoint {
  if (isDiffusionFolder(folder)) throw new FileError("invalid", folder, diffusionRefusal);
  const config = readConfig(join(folder, "config.json"));
  const tokenizer = readTokenizer(folder);
  const generation = readGenerationConfig(folder);
  const { weights, bytes } = openShards(folder, TRANSFORMERS_FILES);
  return { config, weights: named(weights, config), tokenizer, ...generation, bytes, format: "safetensors" };
}

function readGenerationConfig(folder: string): Pick<Checkpoint, "generationConfig"> {
  const path = join(folder, "generation_config.json");
  return existsSync(path) ? { generationConfig: readJsonObject(path) } : {};
}

function readConfig(path: string): RawModelConfig {
  const config = readJsonObject(path);
  const type = config["model_type"];
  if (typeof type !== "string") throw new FileError("invalid", path, 'is missing the key "model_type"');
  return { ...config, model_type: type };
}

function readTokenizer(folder: string): TokenizerSource | null {
  const path = join(folder, "tokenizer.json");
  if (!existsSync(path)) return null;
  const configPath = join(folder, "tokenizer_config.json");
  const templatePath = join(folder, "chat_template.jinja");
  const tokenizerConfig = existsSync(configPath) ? readJsonObject(configPath) : {};
  // Newer checkpoints keep the chat template in a file of its own.
  if (existsSync(templatePath)) tokenizerConfig["chat_template"] = readTextFile(templatePath);
  return { kind: "huggingface", tokenizerJson: readJsonObject(path), tokenizerConfig };
}

/** How a library names the safetensors of a model, and its older file, which is not read. */
type WeightFiles = { readonly single: string; readonly index: string; readonly pickle: string };

const TRANSFORMERS_FILES: WeightFiles = { single: singleWeights, index: weightsIndex, pickle: "pytorch_model.bin" };

/** Opens a folder's weights, one file or shards. The caller closes them. @throws FileError naming the file that is missing or at fault */
export function openShards(folder: string, files: WeightFiles): { weights: WeightSource; bytes: number } {
  const { weights, paths } = findShards(folder, files);
  return { weights, bytes: paths.reduce((sum, path) => sum + statSync(path).size, 0) };
}

function findShards(folder: string, { single, index, pickle }: WeightFiles): { weights: WeightSource; paths: string[] } {
  const path = join(folder, single);
  if (existsSync(path)) return { weights: openSafetensors(path), paths: [path] };
  const indexPath = join(folder, index);
  if (existsSync(indexPath)) return openIndexed(folder, indexPath);
  const advice = existsSync(join(folder, pickle))
    ? `${pickle} is not supported; save the model with safe_serialization=True`
    : "expected a Hugging Face checkpoint folder";
  throw new FileError("notFound", folder, `contains neither ${single} nor ${index}; ${advice}`);
}

function openIndexed(folder: string, indexPath: string): { weights: WeightSource; paths: string[] } {
  const weightMap = readWeightMap(indexPath);
  const shardNames = [...new Set(weightMap.values())].sort();
  const missing = shardNames.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0)
    throw new FileError(
      "notFound",
      indexPath,
      `names ${missing.length} of ${shardNames.length} shards that are missing: ${missing.join(", ")}`,
    );

  const shards = new Map<string, SafetensorsFile>();
  const close = (): void => {
    for (const shard of shards.values()) shard.close();
  };
  try {
    for (const name of shardNames) shards.set(name, openSafetensors(join(folder, name)));
    const home = new Map<string, SafetensorsFile>();
    for (const [tensor, name] of weightMap) {
      const shard = shards.get(name);
      if (shard === undefined || !shard.names().includes(tensor))
        throw new FileError("invalid", join(folder, name), `is missing the tensor "${tensor}" that the index places here`);
      home.set(tensor, shard);
    }
    return { weights: shardedWeights(indexPath, home, close), paths: shardNames.map((name) => join(folder, name)) };
  } catch (error) {
    close();
    throw error;
  }
}

/** Tensor name to shard's file name. */
function readWeightMap(indexPath: string): Map<string, string> {
  const map = readJsonObject(indexPath)["weight_map"];
  if (!isJsonObject(map)) throw new FileError("invalid", indexPath, 'is missing the key "weight_map"');
  return new Map(
    Object.entries(map).map(([tensor, shard]) => {
      if (typeof shard !== "string" || !/^[\w.-]+$/.test(shard))
        throw new FileError("invalid", indexPath, `places "${tensor}" in ${JSON.stringify(shard)}, which is not a file name`);
      return [tensor, shard];
    }),
  );
}

function shardedWeights(indexPath: string, home: ReadonlyMap<string, SafetensorsFile>, close: () => void): WeightSource {
  const shard = (name: string): SafetensorsFile => {
    const found = home.get(name);
    if (found === undefined) throw new FileError("invalid", indexPath, `names no tensor "${name}"`);
    return found;
  };
  return {
    names: () => [...home.keys()],
    shape: (name) => shard(name).shape(name),
    dtype: (name) => shard(name).dtype(name),
    read: (name) => shard(name).read(name),
    blocks: (name) => shard(name).blocks?.(name),
    close,
  };
}

/** A decoder's weights under the whole names of its architecture; an encoder completes its own. */
function named(weights: WeightSource, config: RawModelConfig): WeightSource {
  const architecture = architectureOf(config.model_type);
  if (architecture?.kind !== "decoder") return weights;
  const kept = weightNames(weights.names(), architecture);
  const source = (name: string): string => kept.get(name) ?? name;
  return {
    names: () => [...kept.keys()],
    shape: (name) => weights.shape(source(name)),
    dtype: (name) => weights.dtype(source(name)),
    read: (name) => weights.read(source(name)),
    blocks: (name) => weights.blocks?.(source(name)),
    close: () => weights.close(),
  };
}
