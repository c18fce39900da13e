import type { RawModelConfig } from "./config-keys";
import { type GgufMetadata, shortest } from "./gguf-form";

/** Tensors that scale rotary frequencies one by one and are no weights. */
export const GGUF_ROTARY_TABLES: readonly string[] = ["rope_freqs.weight", "rope_factors_short.weight", "rope_factors_long.weight"];

/**
 * The `rope_parameters` that a file's metadata stand for. Tables of factors are given as longrope's: those of Llama 3.1 (`rope_freqs`) hold in every context.
 *
 * @throws Error naming the file, for a kind of scaling that is not supported
 */
export function ggufRopeParameters(metadata: GgufMetadata): RawModelConfig {
  const rope_theta = shortest(metadata.number("rope.freq_base", 10000));
  const trained = metadata.number("rope.scaling.original_context_length", metadata.number("context_length"));
  const scaled = { rope_theta, original_max_position_embeddings: trained };
  const [everywhere, short, long] = GGUF_ROTARY_TABLES.map((name) => (metadata.hasTensor(name) ? metadata.values(name) : undefined));
  if (everywhere !== undefined) {
    return { rope_type: "longrope", ...scaled, short_factor: everywhere, long_factor: everywhere, attention_factor: 1 };
  }
  if (short !== undefined && long !== undefined) {
    const factor = metadata.number("rope.scaling.attn_factor", 0);
    const given = factor > 0 ? { attention_factor: shortest(factor) } : {};
    return { rope_type: "longrope", ...scaled, short_factor: short, long_factor: long, ...given };
  }
  return byType(metadata, scaled);
}

function byType(metadata: GgufMetadata, scaled: RawModelConfig): RawModelConfig {
  const { rope_theta } = scaled;
  const type = metadata.text("rope.scaling.type", "none");
  const factor = () => shortest(metadata.number("rope.scaling.factor"));
  switch (type) {
    case "none":
      return { rope_type: "default", rope_theta };
    case "linear":
      return { rope_type: "linear", rope_theta, factor: factor() };
    case "yarn":
      return {
        rope_type: "yarn",
        ...scaled,
        factor: factor(),
        beta_fast: shortest(metadata.number("rope.scaling.yarn_beta_fast", 32)),
        beta_slow: shortest(metadata.number("rope.scaling.yarn_beta_slow", 1)),
        // llama.cpp multiplies the factor that follows from the scaling by this one.
        attention_factor: shortest(metadata.number("rope.scaling.attn_factor", 1)) * (1 + 0.1 * Math.log(Math.max(1, factor()))),
      };
    default:
      throw metadata.refusal(`scales rotary positions by "${type}"; none, linear and yarn are supported`);
  }
}
