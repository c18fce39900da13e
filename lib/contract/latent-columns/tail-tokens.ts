import { z } from "zod";
import { countedToken } from "./counted-token";

/**
 * Tokens at a component's largest activations of one sign: of `positions` of them, those that differ most from the corpus, by share · log₂(lift). `count` is
 * the token's number of these positions.
 */
export const tailTokens = z.object({ positions: z.int(), tokens: z.array(countedToken) });
export type TailTokens = z.infer<typeof tailTokens>;
