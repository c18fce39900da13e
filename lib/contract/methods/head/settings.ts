import { z } from "zod";

/** The head of a classification or a regression alone, over a base model that stays as it is. */
export const headConfig = z.object({ method: z.literal("head") });
export type HeadConfig = z.infer<typeof headConfig>;
