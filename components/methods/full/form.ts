import { z } from "zod";

/** Fields of full fine-tuning in the form of a new run. */
export const fullFields = {
  /** Every projection, or the chosen modules and layers. */
  isFullOfAll: z.boolean(),
};
export type FullFields = z.infer<z.ZodObject<typeof fullFields>>;
