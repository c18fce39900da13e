import { z } from "zod";
import { type ModulePattern, patternValue } from "@/lib/contract/methods/module-pattern";
import { numberPattern, sizePattern, targets } from "@/lib/contract/methods/targets";

export const loraConfig = z.object({
  method: z.literal("lora"),
  rank: z.int().min(1).max(4096),
  /** scaling = alpha / rank, with `useRslora` alpha / √rank */
  alpha: z.number(),
  /** What follows is absent in plain LoRA. */
  useRslora: z.boolean().optional(),
  /** Share of the entries of A's input that training sets to 0. */
  dropout: z.number().min(0).lt(1).optional(),
  /** DoRA: each output's magnitude is trained apart from its direction. */
  useDora: z.boolean().optional(),
  rankPattern: sizePattern.optional(),
  alphaPattern: numberPattern.optional(),
  targets,
});
export type LoraConfig = z.infer<typeof loraConfig>;

/** Settings that give each LoRA module its size; the patterns override `rank` and `alpha`. */
export type LoraSizes = {
  readonly rank: number;
  readonly alpha: number;
  readonly rankPattern?: ModulePattern | undefined;
  readonly alphaPattern?: ModulePattern | undefined;
  /** rsLoRA (Kalajdzievski 2023): scaling is alpha / √rank. */
  readonly useRslora?: boolean | undefined;
};

/** What one LoRA module has; scaling is alpha / rank, of rsLoRA alpha / √rank. */
export function loraModuleSizes(settings: LoraSizes, module: string): { rank: number; alpha: number; scaling: number } {
  const rank = loraRank(settings, module);
  const alpha = patternValue(settings.alphaPattern, module) ?? settings.alpha;
  return { rank, alpha, scaling: alpha / (settings.useRslora === true ? Math.sqrt(rank) : rank) };
}

export function loraRank({ rank, rankPattern }: Pick<LoraSizes, "rank" | "rankPattern">, module: string): number {
  return patternValue(rankPattern, module) ?? rank;
}
