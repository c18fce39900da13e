/** A checkpoint's `config.json` as parsed from JSON. */
export type RawModelConfig = Readonly<Record<string, unknown>>;

export const SUPPORTED_ARCHITECTURES = ["llama", "mistral", "qwen2", "gpt2"] as const;
export type ArchitectureName = (typeof SUPPORTED_ARCHITECTURES)[number];

/** Read whole texts and classify them; `loadEncoder` reads these. */
export const ENCODER_ARCHITECTURES = ["bert", "roberta", "deberta-v2"] as const;
export type EncoderName = (typeof ENCODER_ARCHITECTURES)[number];

export function isEncoder(raw: RawModelConfig): boolean {
  return ENCODER_ARCHITECTURES.some((name) => name === raw["model_type"]);
}

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

type Common = {
  readonly architecture: ArchitectureName;
  readonly vocab: number;
  readonly dModel: number;
  readonly numLayers: number;
  readonly heads: number;
  readonly dFeedForward: number;
  /** Most tokens of one sequence. */
  readonly contextLength: number;
  readonly normEpsilon: number;
  readonly tieWordEmbeddings: boolean;
  /** Last parts of the module names that carry an adapter by default. */
  readonly defaultTargets: readonly string[];
};

export type LlamaConfig = Common & {
  readonly family: "llama";
  readonly kvHeads: number;
  readonly dHead: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling;
  readonly hasQkvBias: boolean;
  readonly hasOutputBias: boolean;
  readonly hasMlpBias: boolean;
};

export type Gpt2Config = Common & { readonly family: "gpt2"; readonly dHead: number };

export type ModelConfig = LlamaConfig | Gpt2Config;

/**
 * Reads the keys of `config.json` that the forward pass depends on.
 *
 * @throws Error naming the key, when the architecture or one of its variants is not supported or a number is missing
 */
export function parseModelConfig(raw: RawModelConfig): ModelConfig {
  const architecture = SUPPORTED_ARCHITECTURES.find((name) => name === raw["model_type"]);
  if (architecture === undefined && isEncoder(raw)) {
    throw new Error(
      `config.json: model_type ${JSON.stringify(raw["model_type"])} is an encoder, which does not generate text; use one of ${SUPPORTED_ARCHITECTURES.join(", ")}`,
    );
  }
  if (architecture === undefined) {
    throw new Error(
      `config.json: model_type ${JSON.stringify(raw["model_type"])} is not supported; supported are ${SUPPORTED_ARCHITECTURES.join(", ")}`,
    );
  }
  return architecture === "gpt2" ? parseGpt2(raw) : parseLlama(raw, architecture);
}

function parseLlama(raw: RawModelConfig, architecture: "llama" | "mistral" | "qwen2"): LlamaConfig {
  demandOneOf(raw, "hidden_act", "silu", ["silu", "swish"]);
  const dModel = whole(raw, "hidden_size");
  const heads = whole(raw, "num_attention_heads");
  const kvHeads = raw["num_key_value_heads"] == null ? heads : whole(raw, "num_key_value_heads");
  const dHead = raw["head_dim"] == null ? dModel / heads : whole(raw, "head_dim");
  if (!Number.isInteger(dHead) || dHead % 2 !== 0) {
    throw new Error(`config.json: hidden_size ${dModel} over num_attention_heads ${heads} gives no even head size`);
  }
  if (heads % kvHeads !== 0) {
    throw new Error(`config.json: num_attention_heads ${heads} is not a multiple of num_key_value_heads ${kvHeads}`);
  }
  const hasBias = raw["attention_bias"] === true;
  return {
    family: "llama",
    architecture,
    vocab: whole(raw, "vocab_size"),
    dModel,
    numLayers: whole(raw, "num_hidden_layers"),
    heads,
    kvHeads,
    dHead,
    dFeedForward: whole(raw, "intermediate_size"),
    contextLength: contextWithinWindow(raw, architecture),
    normEpsilon: positive(raw, "rms_norm_eps", 1e-6),
    tieWordEmbeddings: raw["tie_word_embeddings"] === true,
    ropeTheta: ropeTheta(raw),
    ropeScaling: ropeScaling(raw),
    hasQkvBias: architecture === "qwen2" || hasBias,
    hasOutputBias: architecture === "llama" && hasBias,
    hasMlpBias: raw["mlp_bias"] === true,
    defaultTargets: ["q_proj", "v_proj"],
  };
}

function parseGpt2(raw: RawModelConfig): Gpt2Config {
  demandOneOf(raw, "activation_function", "gelu_new", ["gelu_new", "gelu_pytorch_tanh"]);
  for (const key of ["scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn", "add_cross_attention"]) {
    if (raw[key] === true) throw new Error(`config.json: ${key} is true, which is not supported`);
  }
  if (raw["scale_attn_weights"] === false) throw new Error("config.json: scale_attn_weights is false, which is not supported");
  const dModel = whole(raw, "n_embd");
  const heads = whole(raw, "n_head");
  if (dModel % heads !== 0) throw new Error(`config.json: n_embd ${dModel} is not a multiple of n_head ${heads}`);
  return {
    family: "gpt2",
    architecture: "gpt2",
    vocab: whole(raw, "vocab_size"),
    dModel,
    numLayers: whole(raw, "n_layer"),
    heads,
    dHead: dModel / heads,
    dFeedForward: raw["n_inner"] == null ? 4 * dModel : whole(raw, "n_inner"),
    contextLength: whole(raw, "n_positions"),
    normEpsilon: positive(raw, "layer_norm_epsilon", 1e-5),
    tieWordEmbeddings: raw["tie_word_embeddings"] !== false,
    defaultTargets: ["c_attn"],
  };
}

/** Within a sliding window attention is full attention, so the window bounds the context instead of changing the mask. */
function contextWithinWindow(raw: RawModelConfig, architecture: ArchitectureName): number {
  const contextLength = whole(raw, "max_position_embeddings");
  const isUsed = architecture === "mistral" || raw["use_sliding_window"] === true;
  return isUsed && raw["sliding_window"] != null ? Math.min(contextLength, whole(raw, "sliding_window")) : contextLength;
}

/** transformers 5 writes `rope_parameters`, older versions `rope_theta` and `rope_scaling`. */
function ropeSettings(raw: RawModelConfig): RawModelConfig {
  const settings = raw["rope_parameters"] ?? raw["rope_scaling"];
  return typeof settings === "object" && settings !== null ? (settings as RawModelConfig) : {};
}

function ropeTheta(raw: RawModelConfig): number {
  const settings = ropeSettings(raw);
  return settings["rope_theta"] == null ? positive(raw, "rope_theta", 10_000) : positive(settings, "rope_theta", 10_000);
}

function ropeScaling(raw: RawModelConfig): RopeScaling {
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

/** @throws Error naming the key, unless its value, or the standard one where it has none, is supported */
export function demandOneOf(raw: RawModelConfig, key: string, standard: string, supported: readonly string[]): void {
  const value = raw[key] ?? standard;
  if (typeof value !== "string" || !supported.includes(value)) {
    throw new Error(`config.json: ${key} ${JSON.stringify(value)} is not supported; supported is ${supported.join(", ")}`);
  }
}

/** @throws Error naming the key, unless its value is a whole number above 0 */
export function whole(raw: RawModelConfig, key: string): number {
  const value = raw[key];
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
    throw new Error(`config.json: ${key} must be a whole number above 0, and is ${JSON.stringify(value)}`);
  }
  return value;
}

/** @throws Error naming the key, unless its value, or the standard one where it has none, is a number above 0 */
export function positive(raw: RawModelConfig, key: string, standard?: number): number {
  const value = raw[key] ?? standard;
  if (typeof value !== "number" || !(value > 0)) {
    throw new Error(`config.json: ${key} must be a number above 0, and is ${JSON.stringify(value)}`);
  }
  return value;
}
