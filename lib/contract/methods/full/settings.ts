import { z } from "zod";
import { targets } from "@/lib/contract/methods/targets";

/** Weights and biases of whole projections, trained themselves; embeddings, norms and all else stay frozen. */
export const fullConfig = z.object({
  method: z.literal("full"),
  /** Null takes every projection. */
  targets: targets.nullable().default(null),
});
export type FullConfig = z.infer<typeof fullConfig>;
