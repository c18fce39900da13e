import { z } from "zod";
import type { PeftForm } from "@/lib/contract/methods/method";
import { givenPattern } from "@/lib/contract/methods/module-pattern";
import { patternKey, sharedKeys, wholeName } from "@/lib/contract/methods/peft-keys";
import type { LoraConfig } from "./settings";

/** Initialisations of PEFT that change the base model's weights too, so that the matrices alone say little; by the beginnings of their names. */
const changesBase = /^(?:pissa|olora|corda|loftq|lora_ga)/i;

export const loraFile = z.looseObject({
  peft_type: z.literal("LORA"),
  ...sharedKeys,
  init_lora_weights: z
    .union([z.boolean(), z.string()])
    .refine((init) => typeof init === "boolean" || !changesBase.test(init), {
      error:
        "this initialisation changed the base model's weights, which are not in the file; save the adapter with PEFT's path_initial_model_for_weight_conversion, which converts it to plain LoRA",
    })
    .nullish(),
  /** PEFT's own defaults where a key is missing. */
  r: z.int().min(1).default(8),
  lora_alpha: z.number().default(8),
  use_rslora: z.boolean().nullish(),
  rank_pattern: patternKey.default({}),
  alpha_pattern: patternKey.default({}),
  use_dora: z.boolean().nullish(),
  bias: z.literal("none", { error: "trained biases are not supported" }).nullish(),
  lora_bias: z.literal(false, { error: "biases on B are not supported" }).nullish(),
  layer_replication: z.null({ error: "replicated layers are not supported" }).optional(),
  trainable_token_indices: z.null({ error: "trained token embeddings are not supported" }).optional(),
  /** PEFT writes an empty list for models with experts. */
  target_parameters: z.array(z.string()).max(0, { error: "adapted parameters outside modules are not supported" }).nullish(),
  alora_invocation_tokens: z.null({ error: "adapters that start at invocation tokens (aLoRA) are not supported" }).optional(),
  use_bdlora: z.null({ error: "block-diagonal matrices (BD-LoRA) are not supported" }).optional(),
  arrow_config: z.null({ error: "routing among adapters (Arrow) is not supported" }).optional(),
  kasa_config: z.null({ error: "KaSA, which changes the base model's weights, is not supported" }).optional(),
  use_qalora: z.literal(false, { error: "true is not supported" }).nullish(),
});
export type LoraConfigFile = z.infer<typeof loraFile>;

export const loraPeft: PeftForm<LoraConfig, LoraConfigFile> = {
  type: "LORA",
  tensors: {
    A: { key: "lora_A.weight", shape: ["latents", "dIn"] },
    B: { key: "lora_B.weight", shape: ["dOut", "latents"] },
    magnitude: { key: "lora_magnitude_vector", shape: ["dOut"] },
  },
  partsOf: ({ use_dora: useDora }) => (useDora === true ? ["A", "B", "magnitude"] : ["A", "B"]),
  toFile: (adapter, shared) => ({
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
  }),
  settings: (file) => {
    const dropout = file["lora_dropout"];
    return {
      method: "lora",
      rank: file.r,
      alpha: file.lora_alpha,
      ...(file.use_rslora === true ? { useRslora: true } : {}),
      ...(file.use_dora === true ? { useDora: true } : {}),
      ...(typeof dropout === "number" && dropout > 0 ? { dropout } : {}),
      ...givenPattern("rankPattern", file.rank_pattern),
      ...givenPattern("alphaPattern", file.alpha_pattern),
    };
  },
  // Components are never taken out: their columns of B are set to 0.
  withLatents: (file) => file,
  merged(file, modules) {
    const [{ numLatents: rank } = { numLatents: file.r }] = modules.values();
    const others = Object.fromEntries(
      [...modules].flatMap(([module, { numLatents }]) => (numLatents === rank ? [] : [[wholeName(module), numLatents]])),
    );
    const ranks = { r: rank, lora_alpha: rank, rank_pattern: others, alpha_pattern: others };
    return { ...file, ...ranks, use_rslora: false, lora_dropout: 0 };
  },
};
