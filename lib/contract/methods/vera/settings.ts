import { z } from "zod";
import type { Counted, ModuleShape } from "@/lib/contract/methods/method";
import { targets } from "@/lib/contract/methods/targets";

export const veraConfig = z.object({
  method: z.literal("vera"),
  rank: z.int().min(1).max(4096),
  /** Every entry of λ_d before training. */
  dInitial: z.number().default(0.1),
  /** Seed of the random matrices A and B, drawn as PEFT draws them. */
  projectionKey: z.int().default(0),
  /** Share of the entries of A's input that training sets to 0. */
  dropout: z.number().min(0).lt(1).optional(),
  targets,
});
export type VeraConfig = z.infer<typeof veraConfig>;

/** The two vectors are trained; A and B, which are not, multiply like LoRA's. */
export function veraModuleCost(rank: number, { dIn, dOut }: Pick<ModuleShape, "dIn" | "dOut">): Counted {
  const trained = rank + dOut;
  return { trainableParameters: trained, activeParameters: trained, flops: 2 * rank * (dIn + dOut) + trained };
}

/** Of A and B, which are as wide as the widest module. */
export function projectionNumbers(rank: number, modules: readonly Pick<ModuleShape, "dIn" | "dOut">[]): number {
  const widest = (of: (module: Pick<ModuleShape, "dIn" | "dOut">) => number) => Math.max(0, ...modules.map(of));
  return rank * (widest(({ dIn }) => dIn) + widest(({ dOut }) => dOut));
}
