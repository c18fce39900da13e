import { renderChat } from "@/server/engine/text/chat";
import type { Tokenizer } from "@/server/engine/text/tokenizer";

/** A text as the model takes it: with its special tokens, or as a user's turn of the chat template. */
export function encodePrompt(tokenizer: Tokenizer, prompt: string, useChatTemplate: boolean): number[] {
  if (!useChatTemplate) return tokenizer.encode(prompt, { addSpecialTokens: true });
  const rendered = renderChat(tokenizer, [{ role: "user", content: prompt }], { addGenerationPrompt: true });
  return tokenizer.encode(rendered, { addSpecialTokens: false });
}
