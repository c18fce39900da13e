import { z } from "zod";
import { nameEndExpression } from "@/lib/contract/expression";
import { type ModulePattern, patternValue } from "@/lib/contract/methods/module-pattern";
import { sizePattern, targets } from "@/lib/contract/methods/targets";

/** Latents of a module, one after another, among which TopK selects apart from the others. */
export const stanPart = z.object({ numLatents: z.int().min(1), k: z.int().min(1) });
export type StanPart = z.infer<typeof stanPart>;

export const stanConfig = z.object({
  method: z.literal("stan"),
  numLatents: z
    .int()
    .min(1)
    .max(1 << 20),
  k: z.int().min(1),
  alpha: z.number().default(1),
  selection: z.enum(["signed", "relu", "abs"]).default("signed"),
  init: z.enum(["zero", "small"]).default("zero"),
  /** What k counts: the latents kept at each token, or their mean over a batch (BatchTopK). Absent: at each token. */
  sparsity: z.enum(["topk", "batchtopk"]).optional(),
  /** Absent, all modules have the same `numLatents` and `k`. */
  latentsPattern: sizePattern.optional(),
  kPattern: sizePattern.optional(),
  /** Of merged adapters: the parts of single modules, whose numbers of latents add up to the module's. Absent, TopK selects among all of them. */
  partsPattern: z.record(nameEndExpression, z.array(stanPart).min(1).readonly()).optional(),
  targets,
});
export type StanConfig = z.infer<typeof stanConfig>;

/**
 * In BatchTopK (Bussmann et al. 2024, arXiv:2412.06410) the threshold of inference is an exponential moving average, with this decay, of each
 * micro-batch's smallest kept value; the first micro-batch sets it. The decay is our choice.
 */
export const thresholdDecay = 0.9;

export function isBatchTopK({ sparsity }: { readonly sparsity?: StanConfig["sparsity"] }): boolean {
  return sparsity === "batchtopk";
}

/** Settings that give each STAN module its size; the patterns override `numLatents` and `k`. */
export type StanSizes = {
  readonly numLatents: number;
  readonly k: number;
  readonly alpha: number;
  readonly latentsPattern?: ModulePattern | undefined;
  readonly kPattern?: ModulePattern | undefined;
  readonly partsPattern?: ModulePattern<readonly StanPart[]> | undefined;
};

type StanModuleSizes = {
  readonly numLatents: number;
  readonly k: number;
  readonly alpha: number;
  readonly scaling: number;
  readonly parts?: readonly StanPart[];
};

/** What one STAN module has; scaling is alpha / k, with parts too. */
export function stanModuleSizes(settings: StanSizes, module: string): StanModuleSizes {
  const { alpha } = settings;
  const numLatents = patternValue(settings.latentsPattern, module) ?? settings.numLatents;
  const k = patternValue(settings.kPattern, module) ?? settings.k;
  const parts = patternValue(settings.partsPattern, module);
  return { numLatents, k, alpha, scaling: alpha / k, ...(parts === undefined ? {} : { parts }) };
}
