import { z } from "zod";
import { type VeraConfig, veraConfig } from "@/lib/contract/methods/vera/settings";

/** Fields of VeRA in the form of a new run. */
export const veraFields = {
  veraRank: z.number(),
  dInitial: z.number(),
  projectionKey: z.number(),
  veraDropout: z.number(),
};
export type VeraFields = z.infer<z.ZodObject<typeof veraFields>>;

/** PEFT's defaults, which we take over. */
export function newVeraFields(): VeraFields {
  const { dInitial, projectionKey } = veraConfig.shape;
  return { veraRank: 256, dInitial: dInitial.parse(undefined), projectionKey: projectionKey.parse(undefined), veraDropout: 0 };
}

export function veraOf(form: VeraFields & VeraConfig["targets"]): VeraConfig {
  return {
    method: "vera",
    rank: form.veraRank,
    dInitial: form.dInitial,
    projectionKey: form.projectionKey,
    ...(form.veraDropout > 0 ? { dropout: form.veraDropout } : {}),
    targets: { modules: form.modules, layers: form.layers },
  };
}

export function veraFieldsOf({ rank, dInitial, projectionKey, dropout = 0 }: VeraConfig): VeraFields {
  return { veraRank: rank, dInitial, projectionKey, veraDropout: dropout };
}
