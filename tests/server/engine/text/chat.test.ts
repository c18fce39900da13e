import { describe, expect, it } from "vitest";
import { type ChatMessage, renderChat } from "@/server/engine/text/chat";
import { demoTokenizer, readJson } from "./support";

const golden = readJson("tests/golden/text/smollm2-chats.json") as {
  template: string;
  chats: { messages: ChatMessage[]; add_generation_prompt: boolean; text: string }[];
};
const messages = [{ role: "user", content: "Hi" }];

describe("renderChat", () => {
  it("writes chats as transformers does with SmolLM2's template, with and without the generation prompt", () => {
    const tokenizer = demoTokenizer({ chatTemplate: golden.template });
    expect(golden.chats).toHaveLength(8);
    const texts = golden.chats.map((chat) => renderChat(tokenizer, chat.messages, { addGenerationPrompt: chat.add_generation_prompt }));
    expect(texts).toEqual(golden.chats.map(({ text }) => text));
  });

  it("knows the tokenizer's special tokens by name", () => {
    const tokenizer = demoTokenizer({ chatTemplate: "{{ messages[0].content }}{{ eos_token }}" });
    expect(renderChat(tokenizer, messages, { addGenerationPrompt: false })).toBe("Hi<|endoftext|>");
  });

  it("passes on what a template says when it refuses", () => {
    const tokenizer = demoTokenizer({ chatTemplate: "{{ raise_exception('roles must alternate') }}" });
    expect(() => renderChat(tokenizer, messages, { addGenerationPrompt: false })).toThrow(/chat template: .*roles must alternate/);
  });

  it("refuses a model without a template", () => {
    expect(() => renderChat(demoTokenizer(), messages, { addGenerationPrompt: true })).toThrow(/no chat template/);
  });
});
