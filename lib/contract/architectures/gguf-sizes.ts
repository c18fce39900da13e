import type { RawModelConfig } from "./config-keys";
import { type GgufMetadata, shortest } from "./gguf-form";

/** The keys of `config.json` for the metadata that all decoders with RMS norms have. */
export function ggufSizes(metadata: GgufMetadata): RawModelConfig {
  const heads = metadata.number("attention.head_count");
  return {
    hidden_size: metadata.number("embedding_length"),
    intermediate_size: metadata.number("feed_forward_length"),
    num_hidden_layers: metadata.number("block_count"),
    num_attention_heads: heads,
    num_key_value_heads: metadata.number("attention.head_count_kv", heads),
    max_position_embeddings: metadata.number("context_length"),
    rms_norm_eps: shortest(metadata.number("attention.layer_norm_rms_epsilon")),
  };
}

/** The model's width over its heads. */
export function widthPerHead(metadata: GgufMetadata): number {
  return metadata.number("embedding_length") / metadata.number("attention.head_count");
}

/** Dimensions of a head; where the file does not say, the heads share the width. */
export function ggufHeadSize(metadata: GgufMetadata): number {
  return metadata.number("attention.key_length", widthPerHead(metadata));
}
