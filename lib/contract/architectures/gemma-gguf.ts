import type { RawModelConfig } from "./config-keys";
import { type GgufConversion, type GgufForm, type GgufMetadata, SAME } from "./gguf-form";
import { ggufHeadSize, ggufSizes, widthPerHead } from "./gguf-sizes";

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
      ...ggufSizes(metadata),
      head_dim: ggufHeadSize(metadata),
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
  return metadata.number("block_count") === blocksOfLargest ? widthPerHead(metadata) : ggufHeadSize(metadata);
}
