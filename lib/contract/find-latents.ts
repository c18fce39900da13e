import { z } from "zod";
import { latentRef } from "./edit";
import { labelSource } from "./label";
import { collectionOrigin } from "./latent";

/** `GET /api/latents` */
export const findLatentsQuery = z.object({
  search: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .describe("Part of a label, a note, a top token or a domain's name, whatever its case; or a latent by its name, as in `L5 v_proj 81`."),
  limit: z.int().min(1).max(50).default(12),
});
export type FindLatentsQuery = z.infer<typeof findLatentsQuery>;

/** A latent that was found, with what a list says of it. */
export const foundLatent = latentRef.extend({
  collectionId: z.string(),
  origin: collectionOrigin,
  /** The run's name, or the dictionary's. */
  within: z.string(),
  layer: z.int(),
  projection: z.string(),
  /** Empty where there is nothing to say. */
  label: z.string(),
  /** Null where the label was derived from top tokens and domain. */
  labelSource: labelSource.nullable(),
  tokens: z.array(z.string()).describe("Of its top tokens, the first three that have the text."),
});
export type FoundLatent = z.infer<typeof foundLatent>;

/** Latents that were named first, then labelled ones; last those that fire most in a domain that was named. */
export const foundLatents = z.object({
  latents: z.array(foundLatent),
  /** Finished collections that were not searched: only the newest are, of each run its newest. */
  notSearched: z.int(),
});
export type FoundLatents = z.infer<typeof foundLatents>;
