import type { RawModelConfig } from "./config-keys";
import { type GgufConversion, type GgufForm, type GgufMetadata, SAME, shortest } from "./gguf-form";

/**
 * How llama.cpp stores a generation of Gemma: norms with their 1 in them, rows of q and k as they are.
 *
 * @param more the keys of `config.json` that only this generation has
 */
export function gemmaGguf(name: string, modelClass: string, more: (metadata: GgufMetadata) => RawModelConfig): GgufForm {
  return {
    name,
    config: (metadata) => ({
      architectures: [modelClass],
      hidden_activation: "gelu_pytorch_tanh",
      hidden_size: metadata.number("embedding_length"),
      intermediate_size: metadata.number("feed_forward_length"),
      num_hidden_layers: metadata.number("block_count"),
      num_attention_heads: metadata.number("attention.head_count"),
      num_key_value_heads: metadata.number("attention.head_count_kv", metadata.number("attention.head_count")),
      head_dim: headSize(metadata),
      max_position_embeddings: metadata.number("context_length"),
      rms_norm_eps: shortest(metadata.number("attention.layer_norm_rms_epsilon")),
      ...more(metadata),
    }),
    conversion: (role): GgufConversion => (/[nN]orm$/.test(role) ? { kind: "lessOne" } : SAME),
  };
}

/**
 * `query_pre_attn_scalar`, which GGUF has no key for: the head size, but in the largest model, which is known by its number of blocks,
 * the width over the heads.
 */
export function queryScalar(metadata: GgufMetadata, blocksOfLargest: number): number {
  if (metadata.number("block_count") !== blocksOfLargest) return headSize(metadata);
  return metadata.number("embedding_length") / metadata.number("attention.head_count");
}

function headSize(metadata: GgufMetadata): number {
  return metadata.number("attention.key_length", metadata.number("embedding_length") / metadata.number("attention.head_count"));
}
