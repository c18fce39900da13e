import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseModelConfig } from "@/lib/contract/architectures/parse-model-config";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { floats, type GgufParts, ggufBytes } from "@/tests/support/gguf-writer";
import { temporaryFolder } from "@/tests/support/temporary-folder";

test("a GGUF file of Phi-3 has gate and up in one tensor, a window, and rotary positions over a part of each head", () => {
  const keys: GgufParts["keys"] = [
    ["general.architecture", "phi3"],
    ["phi3.block_count", 1],
    ["phi3.context_length", 64],
    ["phi3.embedding_length", 16],
    ["phi3.feed_forward_length", 3],
    ["phi3.attention.head_count", 2],
    ["phi3.attention.head_count_kv", 1],
    ["phi3.attention.layer_norm_rms_epsilon", 1e-5],
    ["phi3.attention.sliding_window", 7],
    ["phi3.rope.dimension_count", 6],
  ];
  const tensors = [
    floats("token_embd.weight", [16, 5]),
    floats("blk.0.attn_qkv.weight", [16, 32]),
    floats("blk.0.ffn_up.weight", [16, 6]),
    floats("rope_factors_short.weight", [3], 1),
    floats("rope_factors_long.weight", [3], 2),
  ];
  const path = join(temporaryFolder(), "a.gguf");
  writeFileSync(path, ggufBytes({ keys, tensors }));
  const { config, weights } = openCheckpoint(path);
  expect(weights.shape("model.layers.0.self_attn.qkv_proj.weight")).toEqual([32, 16]);
  expect(weights.shape("model.layers.0.mlp.gate_up_proj.weight")).toEqual([6, 16]);
  expect(parseModelConfig(config)).toMatchObject({
    architecture: "phi3",
    dHead: 8,
    rotary: [{ dims: 6, scaling: { kind: "longrope", shortFactors: [1, 2, 3], longFactors: [2, 3, 4] } }],
    layerAttention: [{ window: 7, rotary: 0 }],
  });
  weights.close();
});
