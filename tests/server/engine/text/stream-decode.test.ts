import { describe, expect, it } from "vitest";
import { createStreamDecoder, tokenTexts } from "@/server/engine/text/stream-decode";
import { demoTokenizer } from "./support";

const tokenizer = demoTokenizer();
const text = "naïve 🦊🦊 日本語 — ok";
const ids = tokenizer.encode(text, { addSpecialTokens: false });

describe("a stream decoder", () => {
  it("gives only whole characters, and together the text", () => {
    const decoder = createStreamDecoder(tokenizer, { skipSpecialTokens: true });
    const parts = ids.map(decoder.push);
    expect(parts.some((part) => part === "")).toBe(true);
    expect(parts.join("")).not.toContain("\uFFFD");
    expect(parts.join("") + decoder.end()).toBe(text);
  });

  it("ends an unfinished character with a replacement character", () => {
    const decoder = createStreamDecoder(tokenizer, { skipSpecialTokens: true });
    const [first = 0] = tokenizer.encode("🦊", { addSpecialTokens: false });
    expect(decoder.push(first) + decoder.end()).toBe("\uFFFD");
  });

  it("leaves special tokens out on request", () => {
    expect(createStreamDecoder(tokenizer, { skipSpecialTokens: true }).push(0)).toBe("");
    expect(createStreamDecoder(tokenizer, { skipSpecialTokens: false }).push(0)).toBe("<|endoftext|>");
  });
});

describe("tokenTexts", () => {
  it("gives one text a token, the whole character at the token that completes it", () => {
    const texts = tokenTexts(tokenizer, ids);
    expect(texts).toHaveLength(ids.length);
    expect(texts.join("")).toBe(text);
    expect(texts.filter((part) => part.includes("🦊"))).toHaveLength(2);
  });

  it("marks bytes that never become a character", () => {
    const fox = tokenizer.encode("🦊", { addSpecialTokens: false });
    const [a = 0] = tokenizer.encode("a", { addSpecialTokens: false });
    expect(tokenTexts(tokenizer, [...fox.slice(0, 1), a]).join("")).toMatch(/^(<0x[0-9A-F]{2}>)+a$/);
  });
});
