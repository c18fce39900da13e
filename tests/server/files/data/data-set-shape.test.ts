import { describe, expect, it } from "vitest";
import type { ColumnMapping } from "@/lib/contract/data-set";
import { detectShape } from "@/server/files/data/data-set-shape";

describe("the shape of rows", () => {
  it.each<[string, Record<string, unknown>, ColumnMapping | null]>([
    ["text", { text: "a", id: 1 }, { kind: "text", text: "text" }],
    ["labelled sentences", { sentence: "a", label: 1 }, { kind: "text", text: "sentence" }],
    ["a single text column of any name", { haiku: "a", year: 1999, domain: "d" }, { kind: "text", text: "haiku", domain: "domain" }],
    ["prompt and completion", { prompt: "a", completion: "b" }, { kind: "promptCompletion", prompt: "prompt", completion: "completion" }],
    [
      "question and answer",
      { question: "a", answer: "b", split: "train" },
      { kind: "promptCompletion", prompt: "question", completion: "answer", split: "split" },
    ],
    [
      "alpaca",
      { instruction: "a", input: "", output: "b", text: "all of it" },
      { kind: "instruction", instruction: "instruction", input: "input", output: "output" },
    ],
    [
      "dolly",
      { instruction: "a", context: "c", response: "b", category: "qa" },
      { kind: "instruction", instruction: "instruction", input: "context", output: "response", domain: "category" },
    ],
    ["messages", { messages: [{ role: "user", content: "a" }] }, { kind: "messages", messages: "messages" }],
    ["sharegpt", { id: "x", conversations: [{ from: "human", value: "a" }] }, { kind: "messages", messages: "conversations" }],
    ["two text columns of unknown names", { left: "a", right: "b" }, null],
    ["numbers", { a: 1 }, null],
    ["an empty chat", { messages: [] }, null],
  ])("is recognised: %s", (_, row, expected) => {
    expect(detectShape([row, row])).toEqual(expected);
  });

  it("needs its columns in every row", () => {
    expect(detectShape([{ text: "a" }, { text: null }])).toBeNull();
    expect(detectShape([])).toBeNull();
  });
});
