import { z } from "zod";
import { type ModulePattern, patternValue } from "@/lib/contract/methods/module-pattern";
import { sizePattern, targets } from "@/lib/contract/methods/targets";

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
};

/** What one STAN module has; scaling is alpha / k. */
export function stanModuleSizes(settings: StanSizes, module: string): { numLatents: number; k: number; alpha: number; scaling: number } {
  const { alpha } = settings;
  const numLatents = patternValue(settings.latentsPattern, module) ?? settings.numLatents;
  const k = patternValue(settings.kPattern, module) ?? settings.k;
  return { numLatents, k, alpha, scaling: alpha / k };
}
