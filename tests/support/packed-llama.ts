import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { blockFormats, type PackedName } from "@/lib/numbers/blocks/block-formats";
import { type GgufParts, ggufBytes } from "./gguf-writer";
import { randomBlocks } from "./random-blocks";
import { temporaryFolder } from "./temporary-folder";

const [dModel, heads, kvHeads, dFeedForward, vocab, layers] = [256, 4, 2, 512, 40, 2];

/** Formats by the end of a tensor's name; the first that fits. */
export type Formats = readonly (readonly [end: string, format: PackedName])[];

/** Writes a small llama of random weights as a GGUF file, each matrix in the format that is given for it. */
export function writePackedLlama(formats: Formats): { path: string; vocab: number } {
  let seed = 0;
  const formatOf = (name: string) => formats.find(([end]) => name.endsWith(end))?.[1] ?? "Q8_0";
  const matrix = (name: string, rows: number, d: number): GgufParts["tensors"][number] => {
    const format = formatOf(name);
    const { blocks } = randomBlocks(format, rows, d, ++seed);
    return { name: `${name}.weight`, dimensions: [d, rows], type: blockFormats[format].number, bytes: blocks };
  };
  const norm = (name: string): GgufParts["tensors"][number] => {
    const gain = Float32Array.from({ length: dModel }, (_, i) => 0.5 + (i % 7) / 7);
    return { name: `${name}.weight`, dimensions: [dModel], type: 0, bytes: new Uint8Array(gain.buffer) };
  };
  const dHead = dModel / heads;
  const blocks = Array.from({ length: layers }, (_, layer) => [
    norm(`blk.${layer}.attn_norm`),
    matrix(`blk.${layer}.attn_q`, dModel, dModel),
    matrix(`blk.${layer}.attn_k`, kvHeads * dHead, dModel),
    matrix(`blk.${layer}.attn_v`, kvHeads * dHead, dModel),
    matrix(`blk.${layer}.attn_output`, dModel, dModel),
    norm(`blk.${layer}.ffn_norm`),
    matrix(`blk.${layer}.ffn_gate`, dFeedForward, dModel),
    matrix(`blk.${layer}.ffn_up`, dFeedForward, dModel),
    matrix(`blk.${layer}.ffn_down`, dModel, dFeedForward),
  ]).flat();
  const keys: GgufParts["keys"] = [
    ["general.architecture", "llama"],
    ["llama.block_count", layers],
    ["llama.context_length", 64],
    ["llama.embedding_length", dModel],
    ["llama.feed_forward_length", dFeedForward],
    ["llama.attention.head_count", heads],
    ["llama.attention.head_count_kv", kvHeads],
    ["llama.attention.layer_norm_rms_epsilon", 1e-5],
    ["llama.rope.dimension_count", dHead],
  ];
  const path = join(temporaryFolder(), "packed.gguf");
  writeFileSync(path, ggufBytes({ keys, tensors: [matrix("token_embd", vocab, dModel), ...blocks, norm("output_norm")] }));
  return { path, vocab };
}
