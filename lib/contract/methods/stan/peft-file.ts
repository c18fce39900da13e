import { z } from "zod";
import { nameEndExpression } from "@/lib/contract/expression";
import type { PeftForm } from "@/lib/contract/methods/method";
import { givenPattern } from "@/lib/contract/methods/module-pattern";
import { patternKey, sharedKeys, wholeName } from "@/lib/contract/methods/peft-keys";
import { isBatchTopK, type StanConfig, type StanPart } from "./settings";

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
  /** Written for merged adapters alone, as version 3, so that earlier readers refuse it. */
  parts_pattern: z.record(nameEndExpression, z.array(z.object({ num_latents: z.int().min(1), k: z.int().min(1) })).min(1)).optional(),
  center_inputs: z.literal(false, { error: "true is not supported" }).nullish(),
  stan_format_version: z
    .union([z.literal(1), z.literal(2), z.literal(3)], {
      error: "only versions 1 to 3 are supported; this was written by a newer Stanscope",
    })
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
    ...(adapter.partsPattern === undefined ? {} : { parts_pattern: mapParts(adapter.partsPattern, toFilePart) }),
    stan_format_version: adapter.partsPattern !== undefined ? 3 : isBatchTopK(adapter) ? 2 : 1,
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
    ...givenPattern("partsPattern", mapParts(file.parts_pattern ?? {}, ofFilePart)),
  }),
  withLatents,
  merged(file, modules) {
    const [{ numLatents, k = file.k } = { numLatents: file.num_latents }] = modules.values();
    const sizes = new Map([...modules].map(([module, own]) => [module, own.numLatents]));
    const parts = new Map([...modules].flatMap(([module, own]) => (own.parts === undefined ? [] : [[module, own.parts] as const])));
    // Of selection by part, k and alpha say no more than that scaling is 1.
    return withLatents({ ...file, num_latents: numLatents, k, k_pattern: {}, stan_alpha: k }, sizes, parts);
  },
};

/**
 * The same settings for an adapter some of whose modules have lost latents, each size under the module's whole name. `k` stays, so that scaling does: a
 * module with fewer latents than k keeps them all.
 *
 * @param sizes of every module
 * @param parts of the modules that have them
 */
export function withLatents(
  config: StanConfigFile,
  sizes: ReadonlyMap<string, number>,
  parts: ReadonlyMap<string, readonly StanPart[]> = new Map(),
): StanConfigFile {
  const others = [...sizes].filter(([, numLatents]) => numLatents !== config.num_latents);
  const latents = Object.fromEntries(others.map(([module, numLatents]) => [wholeName(module), numLatents]));
  const { parts_pattern: _, ...whole } = config;
  if (parts.size === 0) return { ...whole, latents_pattern: latents };
  const named = Object.fromEntries([...parts].map(([module, own]) => [wholeName(module), own.map(toFilePart)]));
  return { ...whole, latents_pattern: latents, parts_pattern: named, stan_format_version: 3 };
}

type FilePart = NonNullable<StanConfigFile["parts_pattern"]>[string][number];

function toFilePart({ numLatents, k }: StanPart): FilePart {
  return { num_latents: numLatents, k };
}

function ofFilePart({ num_latents: numLatents, k }: FilePart): StanPart {
  return { numLatents, k };
}

function mapParts<From, To>(pattern: Readonly<Record<string, readonly From[]>>, to: (part: From) => To): Record<string, To[]> {
  return Object.fromEntries(Object.entries(pattern).map(([module, parts]) => [module, parts.map(to)]));
}
