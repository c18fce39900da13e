import { describe, expect, it } from "vitest";
import { type ChatMessage, renderChat } from "@/server/engine/text/chat";
import { demoTokenizer, readJson } from "./support";

const golden = readJson("tests/golden/text/smollm2-chats.json") as {
  template: string;
  chats: { messages: ChatMessage[]; add_generation_prompt: boolean; text: string }[];
};
/** Gemma 3's, but for pictures. Earlier ones refuse a system message. */
const GEMMA_3 = `{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- if messages[0]['content'] is string -%}
        {%- set first_user_prefix = messages[0]['content'] + '\n\n' -%}
    {%- endif -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set first_user_prefix = "" -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") }}
    {%- endif -%}
    {%- if (message['role'] == 'assistant') -%}
        {%- set role = "model" -%}
    {%- else -%}
        {%- set role = message['role'] -%}
    {%- endif -%}
    {{ '<start_of_turn>' + role + '\n' + (first_user_prefix if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- endif -%}
    {{ '<end_of_turn>\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{ '<start_of_turn>model\n' }}
{%- endif -%}`;

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

  it("writes turns as Gemma's template does: the assistant is called model, and a system message stands before the first user's", () => {
    const tokenizer = demoTokenizer({ chatTemplate: GEMMA_3 });
    const chat = [
      { role: "system", content: "Be brief." },
      { role: "user", content: " Hi \n" },
      { role: "assistant", content: "Hello " },
      { role: "user", content: "Bye" },
    ];
    expect(renderChat(tokenizer, chat, { addGenerationPrompt: true })).toBe(
      [
        "<start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n<start_of_turn>model\nHello<end_of_turn>\n",
        "<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n",
      ].join(""),
    );
    const twice = chat.filter(({ role }) => role === "user");
    expect(() => renderChat(tokenizer, twice, { addGenerationPrompt: true })).toThrow("Conversation roles must alternate");
  });

  it("passes on what a template says when it refuses", () => {
    const tokenizer = demoTokenizer({ chatTemplate: "{{ raise_exception('roles must alternate') }}" });
    expect(() => renderChat(tokenizer, messages, { addGenerationPrompt: false })).toThrow(/chat template: .*roles must alternate/);
  });

  it.each([
    [
      "loops too often",
      "{% for i in range(1000) %}{% for j in range(1000) %}{% for k in range(1000) %}{% endfor %}{% endfor %}{% endfor %}",
      /steps/,
    ],
    ["counts to a billion", "{% for i in range(10**9) %}{% endfor %}", /value of more than \d+ characters or entries/],
    ["counts with a step of 0", "{{ range(1, 2, 0) }}", /step other than 0/],
    [
      "doubles a list again and again",
      "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
      /value of more than/,
    ],
    [
      "doubles a text again and again",
      "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
      /value of more than/,
    ],
    ["is nested too deep", `{{ ${"(".repeat(50_000)}1${")".repeat(50_000)} }}`, /it is nested too deep/],
  ])("stops a template that %s", (_, chatTemplate, message) => {
    expect(() => renderChat(demoTokenizer({ chatTemplate }), messages, { addGenerationPrompt: false })).toThrow(message);
  });

  it("says of a template that cannot be parsed that it is damaged", () => {
    const tokenizer = demoTokenizer({ chatTemplate: "{% for m in messages %}{{ m.content }}" });
    expect(() => renderChat(tokenizer, messages, { addGenerationPrompt: false })).toThrow(/^chat template: (?:it is damaged|.*[a-z]{4})/);
  });

  it("gives a template the date, and counts up and down", () => {
    const chatTemplate = "{{ strftime_now('%d %b %Y %%') }} {{ range(3) | join(',') }} {{ range(5, 0, -2) | join(',') }}";
    const text = renderChat(demoTokenizer({ chatTemplate }), messages, { addGenerationPrompt: false });
    expect(text).toMatch(/^\d\d [A-Z][a-z]{2} \d{4} % 0,1,2 5,3,1$/);
  });

  it("renders a thousand messages of a thousand characters", () => {
    const chat = Array.from({ length: 1000 }, (_, i) => ({ role: i % 2 === 0 ? "user" : "assistant", content: "text ".repeat(200) }));
    const tokenizer = demoTokenizer({ chatTemplate: golden.template });
    expect(renderChat(tokenizer, chat, { addGenerationPrompt: true }).length).toBeGreaterThan(1_000_000);
  });

  it("refuses a model without a template", () => {
    expect(() => renderChat(demoTokenizer(), messages, { addGenerationPrompt: true })).toThrow(/no chat template/);
  });
});
