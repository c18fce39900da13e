import type { TopToken } from "@/lib/contract/generate";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import type { RatedToken } from "./distribution";

/** The most probable tokens with their texts; no field if none were requested. */
export function topTokens(tokenizer: Tokenizer, rated: readonly RatedToken[]): { top?: TopToken[] } {
  if (rated.length === 0) return {};
  return { top: rated.map(({ id, logProbability }) => ({ id, text: tokenizer.tokenText(id), logProbability })) };
}
