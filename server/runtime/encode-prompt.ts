import type { ChatMessage, GenerateRequest } from "@/lib/contract/generate";
import { renderChat } from "@/server/engine/text/chat";
import type { Tokenizer } from "@/server/engine/text/tokenizer";

/** A text as the model takes it: with its special tokens, or as a user's turn of the chat template. @throws RangeError when there is no template */
export function encodePrompt(tokenizer: Tokenizer, prompt: string, useChatTemplate: boolean): number[] {
  if (!useChatTemplate) return tokenizer.encode(prompt, { addSpecialTokens: true });
  return encodeChat(tokenizer, [{ role: "user", content: prompt }]);
}

/**
 * What a request is to continue: ids as they are, turns of a chat, or a text.
 *
 * @throws RangeError when a chat template is wanted and there is none, or it refuses the turns
 */
export function encodeRequest(
  tokenizer: Tokenizer,
  { prompt, useChatTemplate, messages, promptIds }: Pick<GenerateRequest, "prompt" | "useChatTemplate" | "messages" | "promptIds">,
): number[] {
  if (promptIds !== undefined) return [...promptIds];
  return messages === undefined ? encodePrompt(tokenizer, prompt, useChatTemplate) : encodeChat(tokenizer, messages);
}

function encodeChat(tokenizer: Tokenizer, messages: readonly ChatMessage[]): number[] {
  return tokenizer.encode(rendered(tokenizer, messages), { addSpecialTokens: false });
}

function rendered(tokenizer: Tokenizer, messages: readonly ChatMessage[]): string {
  try {
    return renderChat(tokenizer, messages, { addGenerationPrompt: true });
  } catch (cause) {
    throw new RangeError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
