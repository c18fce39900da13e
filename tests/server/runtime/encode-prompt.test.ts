import { expect, test } from "vitest";
import { createTokenizer, type Tokenizer } from "@/server/engine/text/tokenizer";
import { openTokenizer } from "@/server/files/weights/checkpoint-folder";
import { encodePrompt, encodeRequest } from "@/server/runtime/encode-prompt";

const { tokenizer: source } = openTokenizer("demo/model");
if (source?.kind !== "huggingface") throw new Error("the demonstration's model has a tokenizer.json");
const plain = createTokenizer(source);
const template = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
const chat: Tokenizer = { ...plain, chatTemplate: template };

const request = { prompt: "", useChatTemplate: false };
const textOf = (ids: readonly number[]) => plain.decode(ids, { skipSpecialTokens: false });

test("token ids are taken as they are, before messages and prompt", () => {
  expect(encodeRequest(plain, { ...request, prompt: "a", promptIds: [5, 3, 5] })).toEqual([5, 3, 5]);
});

test("messages are turns of the model's own template, the assistant's next turn open", () => {
  const messages = [
    { role: "system" as const, content: "Be brief." },
    { role: "user" as const, content: "Hi" },
    { role: "assistant" as const, content: "Yes?" },
    { role: "user" as const, content: "Why" },
  ];
  expect(textOf(encodeRequest(chat, { ...request, messages }))).toBe("<system>Be brief.<user>Hi<assistant>Yes?<user>Why<assistant>");
});

test("a prompt is a text, or one turn of the template", () => {
  expect(encodeRequest(chat, { ...request, prompt: "Hi" })).toEqual(encodePrompt(plain, "Hi", false));
  expect(textOf(encodeRequest(chat, { prompt: "Hi", useChatTemplate: true }))).toBe("<user>Hi<assistant>");
});

test("a model without a template says so, and a template's own refusal is passed on, both as the request's fault", () => {
  const messages = [{ role: "user" as const, content: "Hi" }];
  expect(() => encodeRequest({ ...plain, chatTemplate: null }, { ...request, messages })).toThrow(RangeError);
  expect(() => encodePrompt({ ...plain, chatTemplate: null }, "Hi", true)).toThrow(/no chat template/);
  const strict = { ...plain, chatTemplate: "{{ raise_exception('roles must alternate') }}" };
  expect(() => encodeRequest(strict, { ...request, messages })).toThrow(/roles must alternate/);
});
