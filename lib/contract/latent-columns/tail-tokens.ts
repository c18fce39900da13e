import { z } from "zod";
import { countedToken } from "./counted-token";

/**
 * Of the tokens at a component's `positions` largest activations of one sign, those that differ most from the corpus, by share · log₂(lift). `count` is how
 * many of these positions have the token.
 */
export const tailTokens = z.object({ positions: z.int(), tokens: z.array(countedToken) });
export type TailTokens = z.infer<typeof tailTokens>;
