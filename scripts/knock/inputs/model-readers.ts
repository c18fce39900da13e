import { join } from "node:path";
import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { parseAnyConfig } from "@/lib/contract/architectures/parse-any-config";
import { supportOf } from "@/lib/contract/architectures/support-of";
import { blockFormats, PACKED_NAMES, packedBytes } from "@/lib/numbers/blocks/block-formats";
import { startEngine } from "@/server/engine/tensor/backend";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { asInvalidFile } from "@/server/files/file-error";
import { openCheckpoint, readCheckpointConfig } from "@/server/files/weights/checkpoint-folder";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { shardName, singleWeights, weightsIndex } from "@/server/files/weights/weight-file-names";
import { describeModel } from "@/server/runtime/models/describe-model";
import { loadBase, type Precision } from "@/server/runtime/models/load-base-model";
import { toyConfigs, toyWeights } from "@/tests/server/engine/toy";
import { type GgufParts, ggufBytes } from "@/tests/support/gguf-writer";
import { asJson, type FileReader, type Files, fromDisk } from "./files";

const golden = "tests/golden/models/llama-odd";
const encoders = ["bert-regression", "roberta-relu", "deberta-buckets", "deberta-own"].map((name) => `tests/golden/encoders/${name}`);
const modelFiles = ["config.json", singleWeights];

/** Of every architecture that continues text, and of ways to stretch its positions. */
const configurations: readonly RawModelConfig[] = [
  ...Object.values(toyConfigs),
  { ...toyConfigs.llama, rope_scaling: { rope_type: "yarn", factor: 4, original_max_position_embeddings: 16 } },
  { ...toyConfigs.qwen3, rope_parameters: { rope_type: "linear", factor: 2, rope_theta: 100 } },
  {
    ...{ ...toyConfigs.phi3, original_max_position_embeddings: 16 },
    rope_scaling: { type: "longrope", short_factor: [1], long_factor: [2] },
  },
];

/** A configuration and random weights of its shapes. */
function toyFiles(folder: string, config: RawModelConfig): Files {
  const weights = toyWeights(config);
  const tensors = weights.names().map((name) => [name, { shape: weights.shape(name), data: weights.read(name) }] as const);
  writeSafetensors(join(folder, singleWeights), Object.fromEntries(tensors));
  return { "config.json": asJson(config), ...fromDisk(folder, [singleWeights]) };
}

/** Shards of a folder's weights with their index, every other tensor in the second. */
function shardedFiles(folder: string): Files {
  const weights = openSafetensors(join(golden, singleWeights));
  const names = weights.names();
  const shards = [0, 1].map((shard) => names.filter((_, at) => at % 2 === shard));
  const fileNames = shards.map((_, shard) => shardName(shard + 1, "00002"));
  for (const [shard, held] of shards.entries()) {
    const tensors = held.map((name) => [name, { shape: weights.shape(name), data: weights.read(name) }] as const);
    writeSafetensors(join(folder, fileNames[shard] ?? ""), Object.fromEntries(tensors));
  }
  weights.close();
  const weight_map = Object.fromEntries(shards.flatMap((held, shard) => held.map((name) => [name, fileNames[shard]])));
  return {
    [weightsIndex]: asJson({ metadata: { total_size: 31_000 }, weight_map }),
    ...fromDisk(golden, ["config.json"]),
    ...fromDisk(folder, fileNames),
  };
}

const ggufFormats = PACKED_NAMES.filter((name) => name !== "NF4");
const [width, feedForward, vocab] = [256, 256, 8];

/** A llama of one block, its matrices in as many formats as it has; `first` is the first of them. */
function quantisedFile(first: number): Files {
  let drawn = first;
  const matrix = (name: string, rows: number): GgufParts["tensors"][number] => {
    const format = ggufFormats[drawn++ % ggufFormats.length] ?? "Q8_0";
    const bytes = new Uint8Array(rows * packedBytes(format, width));
    return { name: `${name}.weight`, dimensions: [width, rows], type: blockFormats[format].number, bytes };
  };
  const gain = (name: string) => ({ name: `${name}.weight`, dimensions: [width], type: 0, bytes: new Uint8Array(4 * width) });
  const ofBlock = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];
  const sizes: Record<string, number> = {
    ...{ block_count: 1, context_length: 16, embedding_length: width, feed_forward_length: feedForward },
    ...{ "attention.head_count": 4, "attention.head_count_kv": 4, "attention.layer_norm_rms_epsilon": 1e-5, "rope.dimension_count": 64 },
  };
  return {
    "a.gguf": ggufBytes({
      keys: [["general.architecture", "llama"], ...Object.entries(sizes).map(([key, value]) => [`llama.${key}`, value] as const)],
      tensors: [
        matrix("token_embd", vocab),
        gain("output_norm"),
        ...["attn_norm", "ffn_norm"].map((name) => gain(`blk.0.${name}`)),
        ...ofBlock.map((name) => matrix(`blk.0.${name}`, width)),
      ],
    }),
  };
}

const tokenIds = Int32Array.of(1, 2, 3);

/** A pass over three tokens. @throws FileError, or Error when tensors are left that nobody frees */
async function passThrough(path: string, precision: Precision): Promise<void> {
  await startEngine();
  const before = liveTensors();
  const problem = problemIn(path, precision);
  if (liveTensors() !== before) throw new Error(`${liveTensors() - before} tensors are left`, { cause: problem });
  if (problem !== undefined) throw problem;
}

function problemIn(path: string, precision: Precision): unknown {
  try {
    const { model } = loadBase(path, precision);
    try {
      if (!("forward" in model)) throw new Error("the mutation made a diffusion model of it");
      free(model.forward({ ids: tokenIds, rows: 1, tokens: tokenIds.length }));
    } finally {
      model.free();
    }
  } catch (error) {
    return asInvalidFile(path, error);
  }
}

/** All that a checkpoint says of itself, and every tensor. @throws FileError */
export function readModel(path: string): void {
  describeModel(path);
  const { weights } = openCheckpoint(path);
  try {
    for (const name of weights.names()) weights.read(name);
  } finally {
    weights.close();
  }
}

/** Readers of base models. */
export const modelReaders: readonly FileReader[] = [
  {
    name: "configuration",
    corpus: () => [
      ...configurations.map((config) => ({ "config.json": asJson(config) })),
      ...encoders.map((folder) => fromDisk(folder, ["config.json"])),
    ],
    read(folder) {
      const config = readCheckpointConfig(folder);
      supportOf(config);
      try {
        parseAnyConfig(config);
      } catch (error) {
        throw asInvalidFile(folder, error);
      }
    },
  },
  {
    name: "sharded model",
    corpus: (folder) => [shardedFiles(folder)],
    read: readModel,
  },
  {
    name: "quantised GGUF",
    corpus: () => [0, 4, 8].map(quantisedFile),
    async read(folder) {
      const path = join(folder, "a.gguf");
      describeModel(path);
      for (const precision of ["stored", "exact"] as const) await passThrough(path, precision);
    },
  },
  {
    name: "model in the engine",
    corpus: (folder) => [
      ...configurations.map((config) => toyFiles(folder, config)),
      ...encoders.map((encoder) => fromDisk(encoder, modelFiles)),
    ],
    async read(folder) {
      describeModel(folder);
      for (const precision of ["exact", "nf4"] as const) await passThrough(folder, precision);
    },
  },
];
