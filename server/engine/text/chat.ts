import { type BoundedTemplate, compileTemplate } from "./bounded-template";
import type { Tokenizer } from "./tokenizer";

export type ChatMessage = { role: string; content: string };

/**
 * A chat as the model's own template writes it.
 *
 * @param options.addGenerationPrompt whether to end with the opening of the assistant's next turn
 * @throws Error when the model has no template, or the template refuses the messages (its own words are passed on)
 */
export function renderChat(tokenizer: Tokenizer, messages: readonly ChatMessage[], options: { addGenerationPrompt: boolean }): string {
  if (tokenizer.chatTemplate === null) throw new Error("this model has no chat template; use plain text");
  try {
    const values = {
      ...tokenizer.specialTokens,
      messages: messages.map(({ role, content }) => ({ role, content })),
      add_generation_prompt: options.addGenerationPrompt,
    };
    const inputLength = messages.reduce((length, { content }) => length + content.length + 20, 0);
    return compiled(tokenizer.chatTemplate)(values, inputLength);
  } catch (cause) {
    throw new Error(`chat template: ${reasonOf(cause)}`, { cause });
  }
}

/** The library throws a bare TypeError for some templates that it cannot read. */
function reasonOf(cause: unknown): string {
  if (cause instanceof TypeError) return `it is damaged or uses an unsupported feature (${cause.message})`;
  if (cause instanceof RangeError && /call stack/.test(cause.message)) return "it is nested too deeply";
  return cause instanceof Error ? cause.message : String(cause);
}

const templates = new Map<string, BoundedTemplate>();

function compiled(source: string): BoundedTemplate {
  const known = templates.get(source);
  if (known) return known;
  const template = compileTemplate(source);
  templates.set(source, template);
  return template;
}
