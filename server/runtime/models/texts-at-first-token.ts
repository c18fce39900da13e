import { tokenTexts } from "@/server/engine/text/stream-decode";
import type { Tokenizer } from "@/server/engine/text/tokenizer";

/**
 * One text a token id, together the text. A character cut over several tokens stands at the first of them, the others being empty, so that a reader
 * joins what is empty to what stands before it.
 */
export function textsAtFirstToken(tokenizer: Tokenizer, ids: readonly number[]): string[] {
  const texts = tokenTexts(tokenizer, ids);
  let start = 0;
  for (const [at, text] of texts.entries()) {
    if (text === "") continue;
    if (start < at) [texts[start], texts[at]] = [text, ""];
    start = at + 1;
  }
  return texts;
}
