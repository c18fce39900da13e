import { z } from "zod";

/** A token with the latent's firings at it: `count` are certain, up to `error` more may be missed; `lift` is over the token's base rate. */
export const countedToken = z.object({ token: z.string(), count: z.int(), error: z.int(), lift: z.number() });
export type CountedToken = z.infer<typeof countedToken>;
