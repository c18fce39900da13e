import { describe, expect, it } from "vitest";
import { createStreamDecoder, tokenTexts } from "@/server/engine/text/stream-decode";
import { shownBytes, wholeCharacters } from "@/server/engine/text/token-bytes";
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

  it("names the bytes of a character that is never finished, at the end or where another follows", () => {
    const decoder = createStreamDecoder(tokenizer, { skipSpecialTokens: true });
    const [first = 0] = tokenizer.encode("🦊", { addSpecialTokens: false });
    const [a = 0] = tokenizer.encode("a", { addSpecialTokens: false });
    expect(decoder.push(first) + decoder.end()).toMatch(/^(<0x[89A-F][0-9A-F]>)+$/);
    expect(decoder.push(first) + decoder.push(a)).toMatch(/^(<0x[89A-F][0-9A-F]>)+a$/);
    expect(decoder.end()).toBe("");
  });

  it("leaves special tokens out on request", () => {
    expect(createStreamDecoder(tokenizer, { skipSpecialTokens: true }).push(0)).toBe("");
    expect(createStreamDecoder(tokenizer, { skipSpecialTokens: false }).push(0)).toBe("<|endoftext|>");
  });
});

describe("bytes", () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);

  it.each([
    ["characters beside bytes of none", [0x20, 0xe2, 0x80], " <0xE2><0x80>"],
    ["a continuation without its lead", [0x9f, 0x61], "<0x9F>a"],
    ["an overlong form", [0xc0, 0xaf], "<0xC0><0xAF>"],
    ["half of a surrogate pair", [0xed, 0xa0, 0x80], "<0xED><0xA0><0x80>"],
    ["beyond the last character", [0xf4, 0x90, 0x80, 0x80], "<0xF4><0x90><0x80><0x80>"],
    ["a character cut by another", [0xe6, 0x97, 0x61], "<0xE6><0x97>a"],
    ["whole characters", [0xe6, 0x97, 0xa5, 0xf0, 0x9f, 0xa6, 0x8a], "日🦊"],
  ])("are named where they form no character: %s", (_, values, text) => {
    expect(shownBytes(bytes(...values))).toBe(text);
  });

  it("wait for the rest of a character", () => {
    expect(wholeCharacters(bytes(0x61, 0xf0, 0x9f, 0xa6))).toEqual({ text: "a", rest: bytes(0xf0, 0x9f, 0xa6) });
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
