import { type BoundedTemplate, compileTemplate } from "./bounded-template";
import type { Tokenizer } from "./tokenizer";

export type ChatMessage = { role: string; content: string };

type ChatOptions = {
  /** Whether to end with the opening of the assistant's next turn. */
  readonly addGenerationPrompt: boolean;
  /** How the tokenizer writes an image token, of a model that reads images: what stands for an image in a message. */
  readonly imageToken?: string | undefined;
};

/**
 * A chat as the model's own template writes it.
 *
 * @throws Error when the model has no template, or the template refuses the messages (its own words are passed on)
 */
export function renderChat(tokenizer: Tokenizer, messages: readonly ChatMessage[], options: ChatOptions): string {
  if (tokenizer.chatTemplate === null) throw new Error("this model has no chat template; use plain text");
  const { imageToken } = options;
  try {
    const values = {
      ...tokenizer.specialTokens,
      messages: messages.map(({ role, content }) => ({ role, content: contentFor(tokenizer.chatTemplate ?? "", content, imageToken) })),
      add_generation_prompt: options.addGenerationPrompt,
    };
    const inputLength = messages.reduce((length, { content }) => length + content.length + 20, 0);
    const text = compiled(tokenizer.chatTemplate)(values, inputLength);
    const given = messages.reduce((count, { content }) => count + timesIn(content, imageToken), 0);
    if (timesIn(text, imageToken) === given) return text;
    throw new Error(`the messages have ${given} images, and it writes ${timesIn(text, imageToken)} image tokens (${imageToken})`);
  } catch (cause) {
    throw new Error(`chat template: ${reasonOf(cause)}`, { cause });
  }
}

/** A part of a message as templates of models that read images take it. */
type ContentPart = { readonly type: "text"; readonly text: string } | { readonly type: "image" };

/** A message as its template takes it: a string, or a list of parts where it asks for the kinds of parts, always or of messages with images. */
function contentFor(template: string, content: string, imageToken: string | undefined): string | ContentPart[] {
  if (imageToken === undefined || !/["']image["']/.test(template)) return content;
  const takesStrings = /is\s+string/.test(template);
  if (takesStrings && !content.includes(imageToken)) return content;
  return content.split(imageToken).flatMap((text, at): ContentPart[] => {
    // A template writes its own line end after an image.
    const words = at === 0 ? text : text.replace(/^\n/, "");
    return [...(at === 0 ? [] : [{ type: "image" } as const]), ...(words === "" ? [] : [{ type: "text", text: words } as const])];
  });
}

function timesIn(text: string, token: string | undefined): number {
  return token === undefined ? 0 : text.split(token).length - 1;
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
