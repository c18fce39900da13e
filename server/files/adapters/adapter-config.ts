import { z } from "zod";
import { layerExpression, nameEndExpression, nameExpression } from "@/lib/contract/expression";
import { loraModuleSizes, stanModuleSizes } from "@/lib/contract/module-sizes";
import type { LatentConfig } from "@/lib/contract/run-config";

const pattern = z.record(nameEndExpression, z.number());

/** A head of another task may have the very shapes of a classification's. */
const otherHeads = ["TOKEN_CLS", "QUESTION_ANS"];

const common = {
  task_type: z
    .string()
    .refine((task) => !otherHeads.includes(task), { error: "is a task whose head is not supported; CAUSAL_LM and SEQ_CLS are" })
    .nullish(),
  base_model_name_or_path: z.string().nullish(),
  /** Last parts of module names, or one regular expression for whole names, or `all-linear`. */
  target_modules: z.union([nameExpression, z.array(z.string().min(1)).min(1)], {
    error: "a list of module names or one regular expression was expected",
  }),
  exclude_modules: z.union([nameExpression, z.array(z.string())]).nullish(),
  layers_to_transform: z.union([z.int(), z.array(z.int())]).nullish(),
  layers_pattern: z.union([layerExpression, z.array(layerExpression)]).nullish(),
  modules_to_save: z.array(z.string()).nullish(),
};

const stanFile = z.looseObject({
  peft_type: z.literal("STAN"),
  ...common,
  num_latents: z.int().min(1),
  k: z.int().min(1),
  stan_alpha: z.number().default(1),
  /** Files from before the key existed select by the signed value. */
  selection: z.enum(["signed", "relu", "abs"]).default("signed"),
  k_pattern: pattern.default({}),
  latents_pattern: pattern.default({}),
  center_inputs: z.literal(false, { error: "true is not supported" }).nullish(),
  stan_format_version: z.literal(1, { error: "only version 1 is known; a newer Stanscope wrote this" }).nullish(),
});

/** Initialisations of PEFT that change the base model's weights too, so that the matrices alone say little; by the beginnings of their names. */
const changesBase = /^(?:pissa|olora|corda|loftq|lora_ga)/i;

const loraFile = z.looseObject({
  peft_type: z.literal("LORA"),
  ...common,
  init_lora_weights: z
    .union([z.boolean(), z.string()])
    .refine((init) => typeof init === "boolean" || !changesBase.test(init), {
      error:
        "this initialisation changed the base model's weights, which are not in the file; save the adapter with PEFT's path_initial_model_for_weight_conversion, which makes it plain LoRA",
    })
    .nullish(),
  /** PEFT's own defaults where a key is missing. */
  r: z.int().min(1).default(8),
  lora_alpha: z.number().default(8),
  use_rslora: z.boolean().nullish(),
  rank_pattern: pattern.default({}),
  alpha_pattern: pattern.default({}),
  use_dora: z.boolean().nullish(),
  bias: z.literal("none", { error: "trained biases are not supported" }).nullish(),
  lora_bias: z.literal(false, { error: "biases on B are not supported" }).nullish(),
  layer_replication: z.null({ error: "replicated layers are not supported" }).optional(),
  trainable_token_indices: z.null({ error: "trained token embeddings are not supported" }).optional(),
  target_parameters: z.null({ error: "adapted parameters outside modules are not supported" }).optional(),
  alora_invocation_tokens: z.null({ error: "adapters that begin at invocation tokens (aLoRA) are not supported" }).optional(),
  use_bdlora: z.null({ error: "block-diagonal matrices (BD-LoRA) are not supported" }).optional(),
  arrow_config: z.null({ error: "routing among adapters (Arrow) is not supported" }).optional(),
  kasa_config: z.null({ error: "KaSA, which changes the base model's weights, is not supported" }).optional(),
  use_qalora: z.literal(false, { error: "true is not supported" }).nullish(),
});

/** `adapter_config.json`; keys that are not known here are kept. */
export const adapterConfigFile = z.discriminatedUnion("peft_type", [stanFile, loraFile]);
export type AdapterConfigFile = z.infer<typeof adapterConfigFile>;
export type StanConfigFile = z.infer<typeof stanFile>;
export type LoraConfigFile = z.infer<typeof loraFile>;

/** What the file says of one STAN module; scaling is alpha / k. */
export function stanModuleSettings(config: StanConfigFile, module: string): ReturnType<typeof stanModuleSizes> {
  const { num_latents: numLatents, k, stan_alpha: alpha, latents_pattern: latentsPattern, k_pattern: kPattern } = config;
  return stanModuleSizes({ numLatents, k, alpha, latentsPattern, kPattern }, module);
}

/** What the file says of one LoRA module; scaling is alpha / rank, with `use_rslora` alpha / √rank. */
export function loraModuleSettings(config: LoraConfigFile, module: string): ReturnType<typeof loraModuleSizes> {
  const { r: rank, lora_alpha: alpha, rank_pattern: rankPattern, alpha_pattern: alphaPattern } = config;
  return loraModuleSizes({ rank, alpha, rankPattern, alphaPattern, useRslora: config.use_rslora ?? undefined }, module);
}

/**
 * The file for an adapter that we trained.
 *
 * @param about.modulesToSave of a classification or a regression: what was trained in full, the head
 */
export function toAdapterConfigFile(
  adapter: LatentConfig,
  about: { baseModel: string | null; revision: string | null; fanInFanOut: boolean; modulesToSave?: readonly string[] },
): AdapterConfigFile {
  const shared = {
    task_type: about.modulesToSave === undefined ? "CAUSAL_LM" : "SEQ_CLS",
    base_model_name_or_path: about.baseModel,
    revision: about.revision,
    inference_mode: true,
    target_modules: adapter.targets.modules,
    layers_to_transform: adapter.targets.layers,
    fan_in_fan_out: about.fanInFanOut,
    modules_to_save: about.modulesToSave === undefined ? null : [...about.modulesToSave],
  };
  if (adapter.method === "stan") {
    return {
      peft_type: "STAN",
      ...shared,
      num_latents: adapter.numLatents,
      k: adapter.k,
      stan_alpha: adapter.alpha,
      selection: adapter.selection,
      k_pattern: adapter.kPattern ?? {},
      latents_pattern: adapter.latentsPattern ?? {},
      center_inputs: false,
      stan_format_version: 1,
    };
  }
  return {
    peft_type: "LORA",
    ...shared,
    r: adapter.rank,
    lora_alpha: adapter.alpha,
    lora_dropout: adapter.dropout ?? 0,
    bias: "none",
    init_lora_weights: true,
    use_rslora: adapter.useRslora ?? false,
    use_dora: adapter.useDora ?? false,
    rank_pattern: adapter.rankPattern ?? {},
    alpha_pattern: adapter.alphaPattern ?? {},
  };
}

/**
 * The same settings for an adapter some of whose modules have lost latents, each size under the module's whole name. `k` stays, so that scaling does: a
 * module with fewer latents than k keeps them all.
 *
 * @param sizes of every module
 */
export function withLatents(config: StanConfigFile, sizes: ReadonlyMap<string, number>): StanConfigFile {
  const others = [...sizes].filter(([, numLatents]) => numLatents !== config.num_latents);
  return { ...config, latents_pattern: Object.fromEntries(others.map(([module, numLatents]) => [wholeName(module), numLatents])) };
}

/** A pattern that this name alone answers to: PEFT takes one that begins with ^ from the name's beginning. */
function wholeName(module: string): string {
  return `^${module.replace(/[^\w]/g, "\\$&")}`;
}
