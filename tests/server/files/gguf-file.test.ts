import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FileError } from "@/server/files/file-error";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { openGguf } from "@/server/files/weights/gguf";
import { floats, type GgufParts, ggufBytes } from "@/tests/support/gguf-writer";
import { seededRandom } from "@/tests/support/seeded-random";
import { temporaryFolder } from "@/tests/support/temporary-folder";

type GoldenBlocks = { type: number; values: number; blocks: string; float32: string };

/** Three blocks of random bytes with small scales, dequantised by the Python package gguf 0.19. */
const goldenBlocks: Record<string, GoldenBlocks> = JSON.parse(readFileSync("tests/golden/gguf-blocks.json", "utf8"));

const half = { one: [0x00, 0x3c], minusTwo: [0x00, 0xc0] } as const;
const ramp = Uint8Array.from({ length: 16 }, (_, i) => i | ((15 - i) << 4));

describe("a GGUF file", () => {
  it.each<[string, number, number, Uint8Array, readonly number[]]>([
    ["F32", 0, 1, Uint8Array.of(0, 0, 0x80, 0x3f), [1]],
    ["F16", 1, 2, Uint8Array.of(...half.one, ...half.minusTwo), [1, -2]],
    ["BF16", 30, 2, Uint8Array.of(0x80, 0x3f, 0x00, 0xc0), [1, -2]],
    ["Q4_0", 2, 32, Uint8Array.of(...half.minusTwo, ...ramp), [...count(16, (i) => -2 * (i - 8)), ...count(16, (i) => -2 * (7 - i))]],
    ["Q4_1", 3, 32, Uint8Array.of(...half.one, ...half.minusTwo, ...ramp), [...count(16, (i) => i - 2), ...count(16, (i) => 13 - i)]],
    ["Q8_0", 8, 32, Uint8Array.of(...half.minusTwo, ...count(32, (i) => (i - 16) & 255)), count(32, (i) => -2 * (i - 16))],
  ])("gives the values of a %s tensor", (name, type, length, bytes, values) => {
    const file = openGguf(written({ keys: [], tensors: [{ name: "t", dimensions: [length], type, bytes }] }));
    expect(file.dtype("t")).toBe(name);
    expect([...file.read("t")].map((value) => value + 0)).toEqual(values.map((value) => value + 0));
    file.close();
  });

  it.each(["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"])(
    "gives the very values of %s blocks that gguf's own library gives",
    (name) => {
      const { type, values, blocks, float32 } = goldenBlocks[name] as GoldenBlocks;
      const file = openGguf(
        written({ keys: [], tensors: [{ name: "t", dimensions: [values], type, bytes: Buffer.from(blocks, "base64") }] }),
      );
      expect(file.dtype("t")).toBe(name);
      expect(Buffer.from(file.read("t").buffer).toString("base64")).toBe(float32);
      file.close();
    },
  );

  it("gives metadata of all kinds, and shapes outermost first", () => {
    const file = openGguf(
      written({
        version: 2,
        keys: [
          ["n", 7],
          ["x", 0.5],
          ["s", "text"],
          ["list", ["a", "bc"]],
        ],
        tensors: [floats("t", [3, 2])],
      }),
    );
    expect([...file.metadata]).toEqual([
      ["n", 7],
      ["x", 0.5],
      ["s", "text"],
      ["list", ["a", "bc"]],
    ]);
    expect(file.shape("t")).toEqual([2, 3]);
    file.close();
  });

  it("places tensors by its own alignment", () => {
    const parts: GgufParts = { keys: [["general.alignment", 64]], tensors: [floats("a", [3]), floats("b", [2])], alignment: 64 };
    const file = openGguf(written(parts));
    expect([...file.read("b")]).toEqual([0, 1]);
    file.close();
  });

  it.each<[string, GgufParts, RegExp]>([
    ["a version to come", { version: 4, keys: [], tensors: [] }, /is GGUF version 4 or big-endian/],
    [
      "a key that occurs twice",
      {
        keys: [
          ["a", 1],
          ["a", 2],
        ],
        tensors: [],
      },
      /the key "a" occurs twice/,
    ],
    ["a tensor that occurs twice", { keys: [], tensors: [floats("t", [1]), floats("t", [1])] }, /the tensor "t" occurs twice/],
    [
      "a type that is not read",
      { keys: [], tensors: [{ name: "t", dimensions: [256], type: 10, bytes: new Uint8Array(84) }] },
      /tensor "t" is of type Q2_K, which is not supported; use a file with F32, F16/,
    ],
    [
      "a type that nobody knows",
      { keys: [], tensors: [{ name: "t", dimensions: [1], type: 99, bytes: new Uint8Array(4) }] },
      /tensor "t" is of type number 99/,
    ],
    [
      "a row that is no whole number of blocks",
      { keys: [], tensors: [{ name: "t", dimensions: [33], type: 8, bytes: new Uint8Array(68) }] },
      /tensor "t" of shape \[33\] cannot be Q8_0/,
    ],
    ["too many dimensions", { keys: [], tensors: [floats("t", [1, 1, 1, 1, 1])] }, /tensor "t" has 5 dimensions/],
    [
      "a tensor beyond the end",
      { keys: [], tensors: [{ ...floats("t", [8]), dimensions: [9] }] },
      /tensor "t" ends 4 bytes beyond the end of the file; the file is truncated/,
    ],
    ["overlapping tensors", { keys: [], tensors: [floats("a", [9]), { ...floats("b", [1]), offset: 32 }] }, /tensor "b" overlaps/],
    [
      "a crooked offset",
      { keys: [], tensors: [{ ...floats("a", [9]), offset: 4 }] },
      /tensor "a" starts at 4, which is not a multiple of 32/,
    ],
    ["a crooked alignment", { keys: [["general.alignment", 3]], tensors: [] }, /general.alignment is 3/],
  ])("is refused for %s", (_, parts, message) => {
    expect(() => openGguf(written(parts))).toThrow(message);
  });

  it("is refused when it is none", () => {
    const path = join(temporaryFolder(), "a.gguf");
    writeFileSync(path, "PK".padEnd(100));
    expect(() => openGguf(path)).toThrow("does not start with GGUF");
  });

  it("is refused at every length short of its own", () => {
    const path = join(temporaryFolder(), "a.gguf");
    const whole = ggufBytes(tinyLlama);
    // The last tensor is 16 bytes short of the alignment; that padding is not needed.
    for (let length = 0; length < whole.length - 16; length += 3) {
      writeFileSync(path, whole.subarray(0, length));
      expect(() => openCheckpoint(path)).toThrow(FileError);
    }
  });

  it("is refused, or read to its shapes, with any bytes of its header changed", () => {
    const path = join(temporaryFolder(), "a.gguf");
    const whole = ggufBytes(tinyLlama);
    const random = seededRandom(5);
    for (let round = 0; round < 500; round++) {
      const damaged = Buffer.from(whole);
      damaged[Math.floor(random() * 600)] = Math.floor(random() * 256);
      writeFileSync(path, damaged);
      try {
        const file = openGguf(path);
        for (const name of file.names())
          expect(file.read(name)).toHaveLength(file.shape(name).reduce((product, size) => product * size, 1));
        file.close();
      } catch (error) {
        expect(error).toBeInstanceOf(FileError);
      }
    }
  });
});

const tinyLlama: GgufParts = {
  keys: [
    ["general.architecture", "llama"],
    ["llama.block_count", 1],
    ["llama.context_length", 64],
    ["llama.embedding_length", 4],
    ["llama.feed_forward_length", 3],
    ["llama.attention.head_count", 1],
    ["llama.attention.layer_norm_rms_epsilon", 1e-6],
    ["llama.rope.freq_base", 500000],
    ["tokenizer.ggml.model", "gpt2"],
    ["tokenizer.ggml.tokens", ["a", "b", "c"]],
    ["tokenizer.ggml.eos_token_id", 2],
  ],
  tensors: [
    floats("token_embd.weight", [4, 3]),
    floats("blk.0.attn_q.weight", [4, 4]),
    floats("blk.0.attn_norm.weight", [4]),
    floats("output.weight", [4, 3]),
  ],
};

describe("a GGUF checkpoint", () => {
  it.each([[], [["tokenizer.ggml.model", "no_vocab"] as const]])("may have no tokenizer: it takes token ids then (%#)", (...kind) => {
    const keys = [...tinyLlama.keys.filter(([key]) => !key.startsWith("tokenizer.")), ["llama.vocab_size", 3] as const, ...kind];
    const { tokenizer, weights } = openCheckpoint(written({ ...tinyLlama, keys }));
    expect(tokenizer).toBeNull();
    weights.close();
  });

  it("has the names, row order and configuration of the original", () => {
    const { config, weights, tokenizer } = openCheckpoint(written(tinyLlama));
    expect(weights.names()).toEqual([
      "model.embed_tokens.weight",
      "model.layers.0.self_attn.q_proj.weight",
      "model.layers.0.input_layernorm.weight",
      "lm_head.weight",
    ]);
    expect([...weights.read("model.layers.0.self_attn.q_proj.weight")]).toEqual([0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15]);
    expect(config).toMatchObject({
      model_type: "llama",
      num_key_value_heads: 1,
      head_dim: 4,
      rms_norm_eps: 1e-6,
      rope_parameters: { rope_theta: 500000 },
    });
    expect(config).toMatchObject({ vocab_size: 3, tie_word_embeddings: false, eos_token_id: 2 });
    expect(tokenizer).toEqual({
      kind: "gguf",
      metadata: { "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.tokens": ["a", "b", "c"], "tokenizer.ggml.eos_token_id": 2 },
    });
    weights.close();
  });

  it.each<[string, Partial<GgufParts>, object]>([
    [
      "linearly",
      {
        keys: [
          ["llama.rope.scaling.type", "linear"],
          ["llama.rope.scaling.factor", 4],
        ],
      },
      { rope_type: "linear", rope_theta: 500000, factor: 4 },
    ],
    [
      "by yarn",
      {
        keys: [
          ["llama.rope.scaling.type", "yarn"],
          ["llama.rope.scaling.factor", 4],
          ["llama.rope.scaling.original_context_length", 16],
        ],
      },
      {
        rope_type: "yarn",
        rope_theta: 500000,
        factor: 4,
        original_max_position_embeddings: 16,
        beta_fast: 32,
        beta_slow: 1,
        attention_factor: 1 + 0.1 * Math.log(4),
      },
    ],
    [
      "by factors for each frequency, as Llama 3.1",
      { tensors: [floats("rope_freqs.weight", [2], 1)] },
      {
        rope_type: "longrope",
        rope_theta: 500000,
        original_max_position_embeddings: 64,
        short_factor: [1, 2],
        long_factor: [1, 2],
        attention_factor: 1,
      },
    ],
    [
      "by factors for short and long contexts, as Phi-3",
      {
        keys: [["llama.rope.scaling.attn_factor", 1.25]],
        tensors: [floats("rope_factors_short.weight", [2], 1), floats("rope_factors_long.weight", [2], 3)],
      },
      { rope_type: "longrope", short_factor: [1, 2], long_factor: [3, 4], attention_factor: 1.25 },
    ],
  ])("may scale its positions %s", (_, { keys = [], tensors = [] }, wanted) => {
    const { config, weights } = openCheckpoint(
      written({ keys: [...tinyLlama.keys, ...keys], tensors: [...tinyLlama.tensors, ...tensors] }),
    );
    expect(config["rope_parameters"]).toMatchObject(wanted);
    expect(weights.names()).toHaveLength(tinyLlama.tensors.length);
    weights.close();
  });

  it("of GPT-2 has its weights turned to (in, out)", () => {
    const keys: GgufParts["keys"] = [
      ["general.architecture", "gpt2"],
      ["gpt2.block_count", 1],
      ["gpt2.context_length", 64],
      ["gpt2.embedding_length", 2],
      ["gpt2.feed_forward_length", 3],
      ["gpt2.attention.head_count", 1],
      ["gpt2.attention.layer_norm_epsilon", 1e-5],
    ];
    const { config, weights } = openCheckpoint(
      written({ keys, tensors: [floats("token_embd.weight", [2, 5]), floats("blk.0.ffn_up.weight", [2, 3])] }),
    );
    expect(weights.shape("transformer.h.0.mlp.c_fc.weight")).toEqual([2, 3]);
    expect([...weights.read("transformer.h.0.mlp.c_fc.weight")]).toEqual([0, 2, 4, 1, 3, 5]);
    expect(config).toMatchObject({
      model_type: "gpt2",
      n_embd: 2,
      n_inner: 3,
      n_positions: 64,
      layer_norm_epsilon: 1e-5,
      vocab_size: 5,
      tie_word_embeddings: true,
    });
    weights.close();
  });

  it("of Gemma has the 1 taken off its norms, and llama.cpp's defaults for what it leaves out", () => {
    const keys: GgufParts["keys"] = [
      ["general.architecture", "gemma2"],
      ["gemma2.block_count", 1],
      ["gemma2.context_length", 64],
      ["gemma2.embedding_length", 4],
      ["gemma2.feed_forward_length", 3],
      ["gemma2.attention.head_count", 2],
      ["gemma2.attention.head_count_kv", 1],
      ["gemma2.attention.key_length", 6],
      ["gemma2.attention.layer_norm_rms_epsilon", 1e-6],
      ["gemma2.final_logit_softcapping", 12.5],
    ];
    const norms = ["attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"].map((name) => floats(`blk.0.${name}.weight`, [4]));
    const tensors = [floats("token_embd.weight", [4, 5]), ...norms, floats("output_norm.weight", [4])];
    const { config, weights } = openCheckpoint(written({ keys, tensors }));
    const layer = "model.layers.0";
    for (const name of ["input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm"]) {
      expect([...weights.read(`${layer}.${name}.weight`)]).toEqual([-1, 0, 1, 2]);
    }
    expect([...weights.read("model.norm.weight")]).toEqual([-1, 0, 1, 2]);
    expect(config).toMatchObject({
      model_type: "gemma2",
      head_dim: 6,
      query_pre_attn_scalar: 6,
      sliding_window: 4096,
      attn_logit_softcapping: 50,
      final_logit_softcapping: 12.5,
      rope_parameters: { rope_theta: 10000 },
      tie_word_embeddings: true,
    });
    weights.close();
    const largest = keys.map(([key, value]) => [key, key === "gemma2.block_count" ? 46 : value] as const);
    const of27B = openCheckpoint(written({ keys: largest, tensors }));
    expect(of27B.config["query_pre_attn_scalar"]).toBe(2);
    of27B.weights.close();
  });

  it("of Qwen2 keeps the row order of the file", () => {
    const keys = tinyLlama.keys.map(([key, value]) => [key.replace("llama.", "qwen2."), value === "llama" ? "qwen2" : value] as const);
    const { weights } = openCheckpoint(written({ ...tinyLlama, keys }));
    expect([...weights.read("model.layers.0.self_attn.q_proj.weight")].slice(4, 8)).toEqual([4, 5, 6, 7]);
    weights.close();
  });

  it("names the file and the tensor whose rows do not make up its heads", () => {
    const keys = tinyLlama.keys.map(([key, value]) => [key, key === "llama.attention.head_count" ? 4 : value] as const);
    const { weights } = openCheckpoint(written({ ...tinyLlama, keys }));
    const read = () => weights.read("model.layers.0.self_attn.q_proj.weight");
    expect(read).toThrow(FileError);
    expect(read).toThrow(/a\.gguf: tensor "blk\.0\.attn_q\.weight": 4 rows cannot be 4 heads/);
    weights.close();
  });

  it.each<[string, Partial<GgufParts>, RegExp]>([
    [
      "another architecture",
      { keys: [["general.architecture", "mamba"]] },
      /has the architecture "mamba"; supported in GGUF files: llama, qwen2, qwen3, qwen3moe, olmo2, smollm3, phi3, gemma, gemma2, gemma3, gpt2, gptneox/,
    ],
    [
      "OLMo 3, which llama.cpp stores as OLMo 2 with a sliding window",
      {
        keys: [
          ...tinyLlama.keys.map(([key, value]) => [key.replace("llama.", "olmo2."), value === "llama" ? "olmo2" : value] as const),
          ["olmo2.attention.sliding_window", 4096],
        ],
      },
      /holds OLMo 3, which is read from safetensors alone/,
    ],
    ["a missing key", { keys: tinyLlama.keys.filter(([key]) => key !== "llama.block_count") }, /is missing the key "llama.block_count"/],
    [
      "a tensor of another architecture",
      { tensors: [...tinyLlama.tensors, floats("blk.0.ssm_in.weight", [1])] },
      /tensor "blk.0.ssm_in.weight" is not one of the architecture llama/,
    ],
    [
      "positions scaled in an unknown way",
      { keys: [...tinyLlama.keys, ["llama.rope.scaling.type", "ntk"]] },
      /scales rotary positions by "ntk"; none, linear and yarn are supported/,
    ],
  ])("is refused for %s", (_, changes, message) => {
    expect(() => openCheckpoint(written({ ...tinyLlama, ...changes }))).toThrow(message);
  });
});

function written(parts: GgufParts): string {
  const path = join(temporaryFolder(), "a.gguf");
  writeFileSync(path, ggufBytes(parts));
  return path;
}

function count(length: number, value: (i: number) => number): number[] {
  return Array.from({ length }, (_, i) => value(i));
}
