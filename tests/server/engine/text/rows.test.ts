import { describe, expect, it } from "vitest";
import type { ColumnMapping } from "@/lib/contract/data-set";
import { type DataRow, noLoss, questionText, type RowOptions, tokeniseRow } from "@/server/engine/text/rows";
import { demoTokenizer } from "./support";

const chatML =
  "{% for message in messages %}{{ '[' + message['role'] + ']\\n' + message['content'] + eos_token + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '[assistant]\\n' }}{% endif %}";
const tokenizer = demoTokenizer();
const chatTokenizer = demoTokenizer({ chatTemplate: chatML });
const plain: RowOptions = { maxTokens: 512, template: "plain", rowNumber: 12 };

/** The text of the tokens that the loss counts. */
function trainedText(row: DataRow, mapping: ColumnMapping, options: Partial<RowOptions> = {}, of = tokenizer): string {
  const { labels } = tokeniseRow(of, row, mapping, { ...plain, ...options });
  return of.decode(
    Array.from(labels).filter((label) => label !== noLoss),
    { skipSpecialTokens: false },
  );
}

describe("tokeniseRow", () => {
  it("trains on all tokens of a text but the first", () => {
    const { ids, labels, domain, tooLong } = tokeniseRow(
      tokenizer,
      { text: "The function returns." },
      { kind: "text", text: "text" },
      plain,
    );
    expect(Array.from(ids)).toEqual(tokenizer.encode("The function returns.", { addSpecialTokens: true }));
    expect(Array.from(labels)).toEqual([noLoss, ...ids.slice(1)]);
    expect({ domain, tooLong }).toEqual({ domain: null, tooLong: false });
  });

  it("cuts at maxTokens and says so", () => {
    const row = tokeniseRow(tokenizer, { text: "one two three four five" }, { kind: "text", text: "text" }, { ...plain, maxTokens: 3 });
    expect([row.ids.length, row.labels.length, row.tooLong]).toEqual([3, 3, true]);
  });

  it("trains on a completion and the end-of-text token, not on the prompt", () => {
    const mapping: ColumnMapping = { kind: "promptCompletion", prompt: "q", completion: "a" };
    expect(trainedText({ q: "What is it?\nAnswer:", a: " a country" }, mapping)).toBe(" a country<|endoftext|>");
  });

  it("writes a separator after the prompt, without loss, and leaves separating to a chat template", () => {
    const mapping: ColumnMapping = { kind: "promptCompletion", prompt: "q", completion: "a", separator: "\nA:" };
    const row = { q: "What is it?", a: " a country" };
    const { ids } = tokeniseRow(tokenizer, row, mapping, plain);
    expect(tokenizer.decode(Array.from(ids), { skipSpecialTokens: true })).toBe("What is it?\nA: a country");
    expect(trainedText(row, mapping)).toBe(" a country<|endoftext|>");
    expect([questionText(row, mapping, "plain"), questionText(row, mapping, "chat")]).toEqual(["What is it?\nA:", "What is it?"]);
    const { ids: chat } = tokeniseRow(chatTokenizer, row, mapping, { ...plain, template: "chat" });
    expect(chatTokenizer.decode(Array.from(chat), { skipSpecialTokens: true })).not.toContain("A:");
  });

  it("counts a token that reaches over the border to the completion", () => {
    const mapping: ColumnMapping = { kind: "promptCompletion", prompt: "q", completion: "a" };
    expect(trainedText({ q: "It is ", a: "the" }, mapping)).toBe(" the<|endoftext|>");
  });

  it("writes instructions as the Alpaca data set does and trains on the output", () => {
    const mapping: ColumnMapping = { kind: "instruction", instruction: "instruction", input: "input", output: "output" };
    const row = { instruction: "Add.", input: "1 and 2", output: "3" };
    const { ids } = tokeniseRow(tokenizer, row, mapping, plain);
    expect(tokenizer.decode(Array.from(ids), { skipSpecialTokens: true })).toContain(
      "### Instruction:\nAdd.\n\n### Input:\n1 and 2\n\n### Response:\n3",
    );
    expect(trainedText(row, mapping)).toBe("3<|endoftext|>");
    const withoutInput = tokeniseRow(tokenizer, { ...row, input: null }, mapping, plain);
    expect(tokenizer.decode(Array.from(withoutInput.ids), { skipSpecialTokens: true })).not.toContain("### Input");
  });

  const chat = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Hello." },
    { role: "user", content: "Bye" },
    { role: "assistant", content: "Good day." },
  ];
  const messages: ColumnMapping = { kind: "messages", messages: "messages" };

  it("trains on the assistant's turns of a chat as its template closes them", () => {
    expect(trainedText({ messages: chat }, messages, { template: "chat" }, chatTokenizer)).toBe(
      "Hello.<|endoftext|>\nGood day.<|endoftext|>\n",
    );
    const { ids } = tokeniseRow(chatTokenizer, { messages: chat }, messages, { ...plain, template: "chat" });
    expect(tokenizer.decode(Array.from(ids), { skipSpecialTokens: false })).toContain("[user]\nHi<|endoftext|>\n[assistant]\nHello.");
  });

  it("reads ShareGPT names and JSON text in the same way", () => {
    const conversations = [
      { from: "human", value: "Hi" },
      { from: "gpt", value: "Hello." },
    ];
    const expected = trainedText({ messages: chat.slice(0, 2) }, messages, { template: "chat" }, chatTokenizer);
    expect(trainedText({ messages: conversations }, messages, { template: "chat" }, chatTokenizer)).toBe(expected);
    expect(trainedText({ messages: JSON.stringify(conversations) }, messages, { template: "chat" }, chatTokenizer)).toBe(expected);
  });

  it("writes a chat plainly for a model without a template", () => {
    expect(trainedText({ messages: chat }, messages)).toBe(" Hello.<|endoftext|> Good day.<|endoftext|>");
  });

  it("puts prompt and completion into the chat template on request", () => {
    const mapping: ColumnMapping = { kind: "promptCompletion", prompt: "q", completion: "a" };
    expect(trainedText({ q: "Hi", a: "Hello." }, mapping, { template: "chat" }, chatTokenizer)).toBe("Hello.<|endoftext|>\n");
  });

  it("gives the domain's name", () => {
    const mapping: ColumnMapping = { kind: "text", text: "text", domain: "domain" };
    expect(tokeniseRow(tokenizer, { text: "a b", domain: "python" }, mapping, plain).domain).toBe("python");
  });

  it.each<[DataRow, ColumnMapping, RegExp]>([
    [{}, { kind: "text", text: "body" }, /^row 12: has no column "body"$/],
    [{ body: null }, { kind: "text", text: "body" }, /^row 12: column "body" is empty$/],
    [{ body: ["a"] }, { kind: "text", text: "body" }, /column "body" holds a list, not text/],
    [{ messages: "hello" }, messages, /column "messages" has text that is not a JSON list/],
    [{ messages: [{ role: "user" }] }, messages, /column "messages", message 0 needs/],
    [{ messages: [{ role: "user", content: "Hi" }] }, messages, /column "messages" has no assistant message/],
    [{ text: "a" }, { kind: "text", text: "text", domain: "domain" }, /has no column "domain"/],
  ])("names row and column in its errors (%#)", (row, mapping, message) => {
    expect(() => tokeniseRow(tokenizer, row, mapping, plain)).toThrow(message);
  });

  it("refuses the chat form without a template, and a template that rewrites earlier turns", () => {
    expect(() => tokeniseRow(tokenizer, { messages: chat }, messages, { ...plain, template: "chat" })).toThrow(/no chat template/);
    const rewriting = demoTokenizer({ chatTemplate: "{{ messages | length }}{% for m in messages %}{{ m['content'] }}{% endfor %}" });
    expect(() => tokeniseRow(rewriting, { messages: chat }, messages, { ...plain, template: "chat" })).toThrow(
      /message 1: the chat template does not write turns one after another/,
    );
  });
});
