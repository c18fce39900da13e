import { type ChatMessage, renderChat } from "./chat";
import type { Segment } from "./segments";
import type { Tokenizer } from "./tokenizer";
import { isObject } from "./tokenizer-json";

/** Names that sharegpt files give to the roles. */
const shareGptRoles: ReadonlyMap<string, string> = new Map([
  ["human", "user"],
  ["gpt", "assistant"],
  ["chatgpt", "assistant"],
  ["bot", "assistant"],
]);

/**
 * Reads a list of `{role, content}` or of sharegpt's `{from, value}`; also as JSON text, as CSV columns hold it.
 *
 * @throws Error naming the column and the turn where the list is malformed or nobody answers
 */
export function chatTurns(value: unknown, column: string): ChatMessage[] {
  const turns = typeof value === "string" ? parsedList(value, column) : value;
  if (!Array.isArray(turns)) throw new Error(`column ${JSON.stringify(column)} is not a list of messages`);
  const messages = turns.map((turn, index) => {
    const role = isObject(turn) ? (turn["role"] ?? turn["from"]) : undefined;
    const content = isObject(turn) ? contentText(turn["content"] ?? turn["value"]) : undefined;
    if (typeof role !== "string" || content === undefined) {
      throw new Error(`column ${JSON.stringify(column)}, message ${index} needs {role, content} or {from, value}`);
    }
    return { role: shareGptRoles.get(role) ?? role, content };
  });
  if (!messages.some(({ role }) => role === "assistant"))
    throw new Error(`column ${JSON.stringify(column)} has no assistant message to train on`);
  return messages;
}

function parsedList(text: string, column: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`column ${JSON.stringify(column)} has text that is not a JSON list of messages`, { cause });
  }
}

/** Text of a message: a string, or the text parts of a list of parts. */
function contentText(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  const parts = content.map((part) => (isObject(part) && typeof part["text"] === "string" ? part["text"] : undefined));
  return parts.every((part) => part !== undefined) ? parts.join("") : undefined;
}

/**
 * Cuts the rendered chat at the assistant's turns: each begins where the chat before it ends with the generation prompt, and ends where the
 * chat with it ends.
 *
 * @throws Error when the template writes earlier turns otherwise once later ones follow, so that no cut exists
 */
export function chatSegments(tokenizer: Tokenizer, messages: readonly ChatMessage[], column: string, imageToken?: string): Segment[] {
  const whole = renderChat(tokenizer, messages, { addGenerationPrompt: false, imageToken });
  const segments: Segment[] = [];
  let done = 0;
  messages.forEach(({ role }, index) => {
    if (role !== "assistant") return;
    const before = renderChat(tokenizer, messages.slice(0, index), { addGenerationPrompt: true, imageToken });
    const after = renderChat(tokenizer, messages.slice(0, index + 1), { addGenerationPrompt: false, imageToken });
    if (!whole.startsWith(before) || !whole.startsWith(after) || before.length < done) {
      throw new Error(
        `column ${JSON.stringify(column)}, message ${index}: the chat template does not write turns one after another, so its tokens cannot be assigned to turns`,
      );
    }
    segments.push(
      { text: whole.slice(done, before.length), hasLoss: false },
      { text: whole.slice(before.length, after.length), hasLoss: true },
    );
    done = after.length;
  });
  return [...segments, { text: whole.slice(done), hasLoss: false }].filter(({ text }) => text !== "");
}

/** A chat for a model without a template: `User: …`, `Assistant: …`, each answer closed by the end-of-text token. */
export function plainSegments(messages: readonly ChatMessage[], endOfText: string): Segment[] {
  return messages.flatMap(({ role, content }, index) => {
    const opening = `${index === 0 ? "" : "\n\n"}${role.charAt(0).toUpperCase()}${role.slice(1)}:`;
    if (role !== "assistant") return [{ text: `${opening} ${content}`, hasLoss: false }];
    return [
      { text: opening, hasLoss: false },
      { text: ` ${content}${endOfText}`, hasLoss: true },
    ];
  });
}
