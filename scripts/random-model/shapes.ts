/** What `config.json` says of a model like Llama, as far as its shape depends on it. */
export type ShapeConfig = {
  readonly model_type: "llama" | "qwen2";
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly max_position_embeddings: number;
  readonly rms_norm_eps: number;
  readonly rope_theta: number;
  readonly rope_scaling?: Readonly<Record<string, string | number>>;
  readonly tie_word_embeddings: boolean;
};

type Sizes = readonly [hidden: number, feedForward: number, layers: number, heads: number, kvHeads: number];

function sized([hidden_size, intermediate_size, num_hidden_layers, num_attention_heads, num_key_value_heads]: Sizes) {
  return { hidden_size, intermediate_size, num_hidden_layers, num_attention_heads, num_key_value_heads };
}

function llama3(factor: number, isTied: boolean, sizes: Sizes): ShapeConfig {
  const original = { original_max_position_embeddings: 8192 };
  return {
    model_type: "llama",
    vocab_size: 128_256,
    ...sized(sizes),
    max_position_embeddings: 131_072,
    rms_norm_eps: 1e-5,
    rope_theta: 500_000,
    rope_scaling: { rope_type: "llama3", factor, low_freq_factor: 1, high_freq_factor: 4, ...original },
    tie_word_embeddings: isTied,
  };
}

function qwen25(vocab_size: number, isTied: boolean, sizes: Sizes): ShapeConfig {
  return {
    model_type: "qwen2",
    vocab_size,
    ...sized(sizes),
    max_position_embeddings: 32_768,
    rms_norm_eps: 1e-6,
    rope_theta: 1_000_000,
    tie_word_embeddings: isTied,
  };
}

function smollm2(sizes: Sizes): ShapeConfig {
  return {
    model_type: "llama",
    vocab_size: 49_152,
    ...sized(sizes),
    max_position_embeddings: 8192,
    rms_norm_eps: 1e-5,
    rope_theta: 100_000,
    tie_word_embeddings: true,
  };
}

/** Published models by their `config.json`, and one for tests. */
export const shapes: Readonly<Record<string, ShapeConfig>> = {
  "smollm2-135m": smollm2([576, 1536, 30, 9, 3]),
  "smollm2-360m": smollm2([960, 2560, 32, 15, 5]),
  "qwen2.5-0.5b": qwen25(151_936, true, [896, 4864, 24, 14, 2]),
  "qwen2.5-1.5b": qwen25(151_936, true, [1536, 8960, 28, 12, 2]),
  "qwen2.5-7b": qwen25(152_064, false, [3584, 18_944, 28, 28, 4]),
  "llama-3.2-1b": llama3(32, true, [2048, 8192, 16, 32, 8]),
  "llama-3.2-3b": llama3(32, true, [3072, 8192, 28, 24, 8]),
  "llama-3.1-8b": llama3(8, false, [4096, 14_336, 32, 32, 8]),
  tiny: { ...qwen25(4200, false, [256, 512, 2, 4, 2]), max_position_embeddings: 256 },
};
