import { positive, type RawModelConfig, whole } from "./config-keys";

type Stretched = {
  readonly factor: number;
  /** What the model read before its positions were scaled. */
  readonly originalContextLength: number;
};

/**
 * How rotary frequencies are stretched for long contexts (`rope_scaling`). Dynamic scaling and longrope depend on the context that is asked for: they are
 * chosen once for all that a run or a generation reads, as vLLM and llama.cpp do, and not anew as a text grows.
 */
export type RopeScaling =
  | { readonly kind: "none" }
  | ({ readonly kind: "linear" } & Stretched)
  | ({ readonly kind: "dynamic" } & Stretched)
  | ({
      readonly kind: "yarn";
      /** Turns within the original context: waves that turn more often are kept, those that turn more rarely are stretched. */
      readonly betaFast: number;
      readonly betaSlow: number;
      /** Whether the ends of the ramp between them are whole dimensions. */
      readonly isRampWhole: boolean;
      /** Multiplies cos and sin. */
      readonly attentionFactor: number;
    } & Stretched)
  | ({ readonly kind: "llama3"; readonly lowFrequencyFactor: number; readonly highFrequencyFactor: number } & Stretched)
  | {
      readonly kind: "longrope";
      /** What each frequency is divided by, in contexts up to the original length and in longer ones. */
      readonly shortFactors: readonly number[];
      readonly longFactors: readonly number[];
      readonly originalContextLength: number;
      readonly attentionFactor: number;
    };

/** As `rope_type` names them. */
const KINDS = ["default", "linear", "dynamic", "yarn", "llama3", "longrope"];

/**
 * @param settings `rope_parameters` or `rope_scaling`
 * @param raw the whole of `config.json`
 * @param dims how many dimensions of a head are rotated
 * @throws Error naming the key, for a kind of scaling that is not supported or lacks a number
 */
export function parseRopeScaling(settings: RawModelConfig, raw: RawModelConfig, dims: number): RopeScaling {
  const kind = settings["rope_type"] ?? settings["type"] ?? "default";
  const largest = whole(raw, "max_position_embeddings");
  const originalContextLength =
    settings["original_max_position_embeddings"] == null
      ? positive(raw, "original_max_position_embeddings", largest)
      : positive(settings, "original_max_position_embeddings");
  const ratio = largest / originalContextLength;
  switch (kind) {
    case "default":
      return { kind: "none" };
    case "linear":
      return linear(positive(settings, "factor"), largest, originalContextLength);
    case "dynamic":
      return { kind: "dynamic", factor: positive(settings, "factor"), originalContextLength };
    case "yarn": {
      const factor = positive(settings, "factor", ratio);
      return {
        kind: "yarn",
        factor,
        originalContextLength,
        betaFast: positive(settings, "beta_fast", 32),
        betaSlow: positive(settings, "beta_slow", 1),
        isRampWhole: settings["truncate"] !== false,
        attentionFactor: positive(settings, "attention_factor", yarnAttentionFactor(settings, factor)),
      };
    }
    case "llama3":
      return {
        kind: "llama3",
        factor: positive(settings, "factor"),
        lowFrequencyFactor: positive(settings, "low_freq_factor"),
        highFrequencyFactor: positive(settings, "high_freq_factor"),
        originalContextLength: positive(settings, "original_max_position_embeddings"),
      };
    // The first files of Phi-3 say "su".
    case "su":
    case "longrope": {
      const factor = positive(settings, "factor", ratio);
      const standard = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalContextLength));
      return {
        kind: "longrope",
        shortFactors: factorsOf(settings, "short_factor", dims),
        longFactors: factorsOf(settings, "long_factor", dims),
        originalContextLength,
        attentionFactor: positive(settings, "attention_factor", standard),
      };
    }
    default:
      throw new Error(`config.json: rope_type ${JSON.stringify(kind)} is not supported; supported: ${KINDS.join(", ")}`);
  }
}

/** Files seldom name the length before linear scaling: it is then the largest one over the factor. */
function linear(factor: number, largest: number, original: number): RopeScaling {
  return { kind: "linear", factor, originalContextLength: original < largest ? original : largest / factor };
}

/** The most tokens that a text may have: some files still name the original length beside a scaling that reaches further. */
export function scaledContextLength(raw: RawModelConfig, scaling: RopeScaling): number {
  const largest = whole(raw, "max_position_embeddings");
  if (scaling.kind !== "yarn" && scaling.kind !== "dynamic") return largest;
  return Math.max(largest, Math.floor(scaling.factor * scaling.originalContextLength));
}

/** 0.1 ln(factor) + 1 (Peng et al. 2023), or the ratio of two such with weights of their own, as DeepSeek has it. */
function yarnAttentionFactor(settings: RawModelConfig, factor: number): number {
  const grown = (weight: number) => (factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1);
  const [weight, ofAll] = [settings["mscale"], settings["mscale_all_dim"]];
  if (typeof weight === "number" && typeof ofAll === "number" && weight !== 0 && ofAll !== 0) return grown(weight) / grown(ofAll);
  return grown(1);
}

function factorsOf(settings: RawModelConfig, key: string, dims: number): readonly number[] {
  const factors: unknown = settings[key];
  const isFactor = (value: unknown): value is number => typeof value === "number" && value > 0;
  if (Array.isArray(factors) && factors.length === dims / 2 && factors.every(isFactor)) return factors;
  const found = Array.isArray(factors) ? `a list of ${factors.length}` : JSON.stringify(factors);
  throw new Error(`config.json: ${key} must be ${dims / 2} numbers above 0, half of the ${dims} rotated dimensions, but is ${found}`);
}
