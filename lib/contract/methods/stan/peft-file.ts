import { z } from "zod";
import type { PeftForm } from "@/lib/contract/methods/method";
import { givenPattern } from "@/lib/contract/methods/module-pattern";
import { patternKey, sharedKeys } from "@/lib/contract/methods/peft-keys";
import { isBatchTopK, type StanConfig } from "./settings";

export const stanFile = z.looseObject({
  peft_type: z.literal("STAN"),
  ...sharedKeys,
  num_latents: z.int().min(1),
  k: z.int().min(1),
  stan_alpha: z.number().default(1),
  /** Files from before the key existed select by the signed value. */
  selection: z.enum(["signed", "relu", "abs"]).default("signed"),
  /** Written for BatchTopK alone, as version 2, so that readers of version 1 refuse it. */
  sparsity: z.enum(["topk", "batchtopk"]).optional(),
  k_pattern: patternKey.default({}),
  latents_pattern: patternKey.default({}),
  center_inputs: z.literal(false, { error: "true is not supported" }).nullish(),
  stan_format_version: z
    .union([z.literal(1), z.literal(2)], { error: "only versions 1 and 2 are supported; this was written by a newer Stanscope" })
    .nullish(),
});
export type StanConfigFile = z.infer<typeof stanFile>;

/** As the Python package `stanscope_peft` registers it with PEFT. */
export const stanPeft: PeftForm<StanConfig, StanConfigFile> = {
  type: "STAN",
  tensors: {
    E: { key: "stan_E.weight", shape: ["latents", "dIn"] },
    D: { key: "stan_D.weight", shape: ["dOut", "latents"] },
    threshold: { key: "stan_threshold", shape: ["one"], meaning: "the threshold above which BatchTopK keeps a latent" },
  },
  partsOf: (file) => (isBatchTopK(file) ? ["E", "D", "threshold"] : ["E", "D"]),
  toFile: (adapter, shared) => ({
    peft_type: "STAN",
    ...shared,
    num_latents: adapter.numLatents,
    k: adapter.k,
    stan_alpha: adapter.alpha,
    selection: adapter.selection,
    ...(isBatchTopK(adapter) ? { sparsity: "batchtopk" as const } : {}),
    k_pattern: adapter.kPattern ?? {},
    latents_pattern: adapter.latentsPattern ?? {},
    center_inputs: false,
    stan_format_version: isBatchTopK(adapter) ? 2 : 1,
  }),
  settings: (file) => ({
    method: "stan",
    numLatents: file.num_latents,
    k: file.k,
    alpha: file.stan_alpha,
    selection: file.selection,
    init: "zero",
    ...(isBatchTopK(file) ? { sparsity: "batchtopk" as const } : {}),
    ...givenPattern("latentsPattern", file.latents_pattern),
    ...givenPattern("kPattern", file.k_pattern),
  }),
  withLatents,
};

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
