import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createFolder, writeFileAtomically } from "@/server/files/atomic-write";
import { shardName, singleWeights, weightsIndex } from "@/server/files/weights/weight-file-names";
import { entriesOf, type ModelTensor, modelTensors } from "./model-tensors";
import { paddedTokenizer, tokenizerConfig } from "./padded-tokenizer";
import { bytesOf, randomBytes } from "./random-values";
import type { ShapeConfig } from "./shapes";

const usualShard = 2 * 2 ** 30;
const modelClasses = { llama: "LlamaForCausalLM", qwen2: "Qwen2ForCausalLM" } as const;

type Numbered = ModelTensor & { readonly seed: number };

/** A Hugging Face folder with weights in bfloat16, in shards of at most 2 GiB. */
export function writeSafetensorsModel(output: string, config: ShapeConfig, seed: number, largestShard = usualShard): void {
  const tensors = modelTensors(config).map((tensor, at): Numbered => ({ ...tensor, seed: 1000 * seed + at }));
  const shards = shardsOf(tensors, largestShard);
  const nameOf = (at: number) => (shards.length === 1 ? singleWeights : shardName(at + 1, String(shards.length).padStart(5, "0")));
  createFolder(output, (folder) => {
    const writeJson = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value, null, 2));
    writeJson("config.json", {
      architectures: [modelClasses[config.model_type]],
      hidden_act: "silu",
      torch_dtype: "bfloat16",
      bos_token_id: 0,
      eos_token_id: 0,
      ...config,
    });
    writeJson("tokenizer.json", paddedTokenizer(config.vocab_size));
    writeFileSync(join(folder, "tokenizer_config.json"), tokenizerConfig());
    for (const [at, shard] of shards.entries()) writeFileAtomically(join(folder, nameOf(at)), shardBytes(shard));
    if (shards.length === 1) return;
    const weight_map = Object.fromEntries(shards.flatMap((shard, at) => shard.map(({ name }) => [name, nameOf(at)])));
    writeJson(weightsIndex, { metadata: { total_size: sizeOf(tensors) }, weight_map });
  });
}

/** Filled in order. */
function shardsOf(tensors: readonly Numbered[], largestShard: number): Numbered[][] {
  const shards: Numbered[][] = [[]];
  for (const tensor of tensors) {
    const last = shards.at(-1) ?? [];
    if (last.length > 0 && sizeOf([...last, tensor]) > largestShard) shards.push([tensor]);
    else last.push(tensor);
  }
  return shards;
}

function* shardBytes(tensors: readonly Numbered[]): Generator<Uint8Array> {
  let end = 0;
  const header = tensors.map((tensor) => {
    const from = end;
    end += sizeOf([tensor]);
    return [tensor.name, { dtype: "BF16", shape: tensor.shape, data_offsets: [from, end] }];
  });
  const json = JSON.stringify({ __metadata__: { format: "pt" }, ...Object.fromEntries(header) });
  const text = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  yield length;
  yield text;
  for (const tensor of tensors) yield* randomBytes(tensor, "BF16", tensor.seed);
}

function sizeOf(tensors: readonly ModelTensor[]): number {
  return tensors.reduce((sum, tensor) => sum + bytesOf("BF16", entriesOf(tensor)), 0);
}
