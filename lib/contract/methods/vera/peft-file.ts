import { z } from "zod";
import type { PeftForm } from "@/lib/contract/methods/method";
import { sharedKeys } from "@/lib/contract/methods/peft-keys";
import { veraProjections } from "./projections";
import { type VeraConfig, veraConfig } from "./settings";

export const veraFile = z.looseObject({
  peft_type: z.literal("VERA"),
  ...sharedKeys,
  /** PEFT's own defaults where a key is missing. */
  r: veraConfig.shape.rank.default(256),
  projection_prng_key: z.int().default(0),
  save_projection: z.boolean().default(true),
  vera_dropout: z.number().min(0).lt(1).default(0),
  d_initial: z.number().default(0.1),
  bias: z.literal("none", { error: "trained biases are not supported" }).nullish(),
});
export type VeraConfigFile = z.infer<typeof veraFile>;

export const veraPeft: PeftForm<VeraConfig, VeraConfigFile> = {
  type: "VERA",
  tensors: {
    lambdaD: { key: "vera_lambda_d", shape: ["latents"] },
    lambdaB: { key: "vera_lambda_b", shape: ["dOut"] },
    A: { key: "vera_A", shape: ["latents", "dIn"], isShared: true },
    B: { key: "vera_B", shape: ["dOut", "latents"], isShared: true },
  },
  partsOf: ({ save_projection: isSaved }) => ["lambdaD", "lambdaB", ...(isSaved ? ["A", "B"] : [])],
  generated: {
    isLeftOut: ({ save_projection: isSaved }) => !isSaved,
    fill: (file, widest) => ({
      file: { ...file, save_projection: true },
      parts: veraProjections({ rank: file.r, projectionKey: file.projection_prng_key }, widest),
    }),
  },
  // We always save A and B: what torch draws from a key depends on the processor.
  toFile: (adapter, shared) => ({
    peft_type: "VERA",
    ...shared,
    r: adapter.rank,
    projection_prng_key: adapter.projectionKey,
    save_projection: true,
    vera_dropout: adapter.dropout ?? 0,
    d_initial: adapter.dInitial,
    bias: "none",
    init_weights: true,
  }),
  settings: (file) => ({
    method: "vera",
    rank: file.r,
    dInitial: file.d_initial,
    projectionKey: file.projection_prng_key,
    ...(file.vera_dropout > 0 ? { dropout: file.vera_dropout } : {}),
  }),
  // Components are never taken out: their entries of λ_d are set to 0.
  withLatents: (file) => file,
};
