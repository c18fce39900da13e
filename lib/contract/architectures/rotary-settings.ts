import { positive, type RawModelConfig } from "./config-keys";

/** How rotary frequencies are stretched for long contexts (`rope_scaling`). */
export type RopeScaling =
  | { readonly kind: "none" }
  | { readonly kind: "linear"; readonly factor: number }
  | {
      readonly kind: "llama3";
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalContextLength: number;
    };

/** Rotary position embedding over the first `dims` dimensions of each head. */
export type RotarySettings = { readonly theta: number; readonly scaling: RopeScaling; readonly dims: number };

/** transformers 5 writes `rope_parameters`, older versions keys of their own and `rope_scaling`. */
export function ropeSettings(raw: RawModelConfig): RawModelConfig {
  const settings = raw["rope_parameters"] ?? raw["rope_scaling"];
  return typeof settings === "object" && settings !== null ? (settings as RawModelConfig) : {};
}

/** @param oldKey where older files have the base */
export function ropeTheta(raw: RawModelConfig, oldKey: string): number {
  const settings = ropeSettings(raw);
  return settings["rope_theta"] == null ? positive(raw, oldKey, 10_000) : positive(settings, "rope_theta", 10_000);
}

/** @throws Error naming the key, for a kind of scaling that is not supported or lacks a number */
export function ropeScaling(raw: RawModelConfig): RopeScaling {
  const settings = ropeSettings(raw);
  const kind = settings["rope_type"] ?? settings["type"] ?? "default";
  switch (kind) {
    case "default":
      return { kind: "none" };
    case "linear":
      return { kind: "linear", factor: positive(settings, "factor") };
    case "llama3":
      return {
        kind: "llama3",
        factor: positive(settings, "factor"),
        lowFrequencyFactor: positive(settings, "low_freq_factor"),
        highFrequencyFactor: positive(settings, "high_freq_factor"),
        originalContextLength: positive(settings, "original_max_position_embeddings"),
      };
    default:
      throw new Error(`config.json: rope_type ${JSON.stringify(kind)} is not supported; supported are default, linear, llama3`);
  }
}
