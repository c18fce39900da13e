import type { RawModelConfig } from "./config-keys";

/** What the engine has no part for, by a key of `config.json` that asks for it. */
const MISSING: readonly (readonly [key: string, what: string])[] = [
  ["kv_lora_rank", "latent attention"],
  ["n_shared_experts", "shared experts"],
  ["shared_expert_intermediate_size", "shared experts"],
  ["state_size", "state-space layers"],
  ["ssm_cfg", "state-space layers"],
  ["mamba_d_state", "state-space layers"],
  ["linear_num_value_heads", "linear attention"],
  ["alibi", "ALiBi positions"],
  ["vision_config", "image input like its own"],
  ["audio_config", "audio input"],
  ["is_encoder_decoder", "separate encoder"],
];

const EXPERT_COUNTS = ["num_experts", "num_local_experts", "n_routed_experts"];

/** The kind of an architecture by keys that only such files have. */
const KINDS: readonly (readonly [name: string, keys: readonly string[]])[] = [
  ["llava", ["vision_config"]],
  ["mixtral", EXPERT_COUNTS],
  ["gpt2", ["n_embd"]],
  ["gpt_neox", ["rotary_pct", "use_parallel_residual", "parallel_attn"]],
  ["llama", ["rms_norm_eps"]],
  ["bert", ["type_vocab_size"]],
];

/** Names the supported architectures, the nearest of them, and what that lacks as far as the configuration tells. */
export function unsupportedArchitecture(raw: RawModelConfig, supported: readonly string[]): Error {
  const nearest = nearestArchitecture(raw, supported);
  const missing = missingParts(raw);
  const near = nearest === undefined ? [] : [`the nearest is ${nearest}`];
  const lacks = missing.length === 0 ? [] : [`the engine has no ${missing.join(", no ")}`];
  const facts = [
    `config.json: model_type ${JSON.stringify(raw["model_type"])} is not supported; supported: ${supported.join(", ")}`,
    ...near,
    ...lacks,
  ];
  return new Error(facts.join("; "));
}

/** What a configuration asks for that the engine has no part for: `state-space layers (state_size)`. */
export function missingParts(raw: RawModelConfig): string[] {
  return MISSING.filter(([key]) => raw[key] != null && raw[key] !== false).map(([key, what]) => `${what} (${key})`);
}

/** Of the same family by name, or of the same kind by its keys; undefined where neither tells. */
export function nearestArchitecture(raw: RawModelConfig, supported: readonly string[]): string | undefined {
  const name = String(raw["model_type"] ?? "").toLowerCase();
  const hasExperts = EXPERT_COUNTS.some((key) => raw[key] != null);
  const relatives = supported.filter((one) => name.includes(one) || familyOf(one) === familyOf(name));
  // What a name says of experts is in its last part: qwen3_moe.
  const alike = relatives.filter((one) => one.endsWith("_moe") === hasExperts);
  const nearest = (alike.length > 0 ? alike : relatives).toSorted((a, b) => likeness(b, name) - likeness(a, name))[0];
  const kind = () => KINDS.find(([one, keys]) => supported.includes(one) && keys.some((key) => raw[key] != null))?.[0];
  return nearest ?? kind();
}

/** The letters that a name begins with, where they are more than a few. */
function familyOf(name: string): string {
  const letters = /^[a-z]{3,}/.exec(name)?.[0] ?? name;
  return letters === "gpt" ? name : letters;
}

/** How many characters two names have in common from their beginning, or all of a name within the other. */
function likeness(name: string, other: string): number {
  if (other.includes(name)) return name.length;
  let same = 0;
  while (same < name.length && name[same] === other[same]) same++;
  return same;
}
