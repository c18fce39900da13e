import { describe, expect, it } from "vitest";
import { renderChat } from "@/server/engine/text/chat";
import { createTokenizer, type Tokenizer } from "@/server/engine/text/tokenizer";
import { openGguf } from "@/server/files/weights/gguf";
import { fixturesFolder, modelsFolder, references } from "@/tests/support/fixtures";
import { demoGgufMetadata, demoTokenizer, readJson } from "./support";

const byteLevel = readJson("tests/golden/text/byte-level.json") as { strings: string[]; ids: { [name: string]: number[][] } };
const sentencePiece = readJson("tests/golden/text/sentencepiece.json") as {
  tokens: string[];
  scores: number[];
  types: number[];
  strings: { text: string; ids: number[]; decoded: string }[];
};

function encodedStrings(tokenizer: Tokenizer): number[][] {
  return byteLevel.strings.map((text) => tokenizer.encode(text, { addSpecialTokens: true }));
}

describe("a byte-level tokenizer", () => {
  it("gives the ids that Hugging Face's tokenizers gives, other scripts' digits included", () => {
    expect(encodedStrings(demoTokenizer())).toEqual(byteLevel.ids["demo"]);
  });

  it.each([
    ["smollm", "demo"],
    ["gpt-2", "gpt-2"],
    ["qwen2", "qwen2"],
    ["llama-bpe", "llama-bpe"],
  ])("gives the same ids from GGUF metadata with pre %s as from tokenizer.json", (pre, name) => {
    expect(encodedStrings(createTokenizer({ kind: "gguf", metadata: demoGgufMetadata(pre) }))).toEqual(byteLevel.ids[name]);
  });

  it("decodes what it encoded, byte for byte", () => {
    const tokenizer = demoTokenizer();
    for (const text of byteLevel.strings) {
      expect(tokenizer.decode(tokenizer.encode(text, { addSpecialTokens: false }), { skipSpecialTokens: false })).toBe(text);
    }
  });

  it("shows bytes that form no character alone, and keeps leading spaces", () => {
    const tokenizer = demoTokenizer();
    const shown = tokenizer.encode(" the 🦊", { addSpecialTokens: false }).map(tokenizer.tokenText);
    expect(shown[0]).toBe(" the");
    expect(shown.join("")).toMatch(/^ the( |<0x[0-9A-F]{2}>)+$/);
  });

  it("knows special tokens and leaves them out on request", () => {
    const tokenizer = demoTokenizer();
    const ids = tokenizer.encode("a<|endoftext|>b", { addSpecialTokens: false });
    expect(ids).toContain(0);
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe("ab");
    expect(tokenizer.decode(ids, { skipSpecialTokens: false })).toBe("a<|endoftext|>b");
    expect([tokenizer.bosId, tokenizer.eosId, tokenizer.padId, tokenizer.eosIds, tokenizer.vocabSize]).toEqual([null, 0, 1, [0], 4096]);
  });

  it("adds nothing for an id beyond the vocabulary, and refuses what is no id", () => {
    const tokenizer = demoTokenizer();
    expect(tokenizer.decode([5000], { skipSpecialTokens: false })).toBe("");
    expect(() => tokenizer.decode([-1], { skipSpecialTokens: false })).toThrow(/token id -1/);
  });

  it("takes further end tokens from the generation settings", () => {
    const tokenizer = createTokenizer({
      kind: "huggingface",
      tokenizerJson: readJson("demo/model/tokenizer.json"),
      tokenizerConfig: { eos_token: { content: "<|endoftext|>" } },
      generationConfig: { eos_token_id: [7, 0] },
    });
    expect(tokenizer.eosIds).toEqual([0, 7]);
  });
});

describe("a SentencePiece vocabulary in a GGUF file", () => {
  const tokenizer = createTokenizer({
    kind: "gguf",
    metadata: {
      "tokenizer.ggml.model": "llama",
      "tokenizer.ggml.tokens": sentencePiece.tokens,
      "tokenizer.ggml.scores": sentencePiece.scores,
      "tokenizer.ggml.token_type": sentencePiece.types,
      "tokenizer.ggml.bos_token_id": 1,
      "tokenizer.ggml.eos_token_id": 2,
      "tokenizer.ggml.unknown_token_id": 0,
    },
  });

  it("gives SentencePiece's own ids after BOS", () => {
    const ids = sentencePiece.strings.map(({ text }) => tokenizer.encode(text, { addSpecialTokens: true }));
    expect(ids).toEqual(sentencePiece.strings.map((string) => [1, ...string.ids]));
  });

  it("decodes as SentencePiece does", () => {
    const decoded = sentencePiece.strings.map(({ ids }) => tokenizer.decode(ids, { skipSpecialTokens: true }));
    expect(decoded).toEqual(sentencePiece.strings.map((string) => string.decoded));
  });
});

describe("a source that cannot be used", () => {
  it.each([
    [{ "tokenizer.ggml.model": "bert" }, /tokenizer\.ggml\.model is "bert"/],
    [{ "tokenizer.ggml.model": "gpt2" }, /tokenizer\.ggml\.tokens is missing/],
    [{ ...demoGgufMetadata("tekken") }, /tokenizer\.ggml\.pre is "tekken"; supported: default, gpt-2/],
    [{ ...demoGgufMetadata("gpt-2"), "tokenizer.ggml.eos_token_id": 4096 }, /eos_token_id is 4096; the vocabulary has 4096/],
    [{ ...demoGgufMetadata("gpt-2"), "tokenizer.ggml.merges": ["q zz"] }, /merges\[0\] \("q zz"\)/],
  ])("is refused with the key named (%#)", (metadata, message) => {
    expect(() => createTokenizer({ kind: "gguf", metadata })).toThrow(message);
  });

  it("is refused when tokenizer.json has no vocabulary", () => {
    const source = { kind: "huggingface", tokenizerJson: { model: {} }, tokenizerConfig: {} } as const;
    expect(() => createTokenizer(source)).toThrow(/no `model.vocab`/);
  });

  it("is refused for a kind of model that the library does not know", () => {
    const tokenizerJson = { model: { type: "WordLevel", vocab: { a: 0 } } };
    expect(() => createTokenizer({ kind: "huggingface", tokenizerJson, tokenizerConfig: {} })).toThrow(
      /model.type "WordLevel" is not supported/,
    );
  });
});

type StringCase = { text: string; ids: number[]; decoded: string; decoded_skip_special: string };

describe.runIf(fixturesFolder && modelsFolder)("the fixtures of real models", references, () => {
  it("agree for SmolLM2 from its GGUF file: ids, decoded text, chats", () => {
    const file = openGguf(`${modelsFolder}/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf`);
    const tokenizer = createTokenizer({ kind: "gguf", metadata: Object.fromEntries(file.metadata) });
    file.close();
    const expected = readJson(`${fixturesFolder}/parity/smollm2-tokenizer.json`) as {
      strings: StringCase[];
      chats: { messages: { role: string; content: string }[]; add_generation_prompt: boolean; text: string; ids: number[] }[];
    };
    expect(expected.strings).toHaveLength(206);
    expect(
      expected.strings.map(({ text, ids }) => ({
        text,
        ids: tokenizer.encode(text, { addSpecialTokens: true }),
        decoded: tokenizer.decode(ids, { skipSpecialTokens: false }),
        decoded_skip_special: tokenizer.decode(ids, { skipSpecialTokens: true }),
      })),
    ).toEqual(expected.strings);
    for (const chat of expected.chats) {
      const text = renderChat(tokenizer, chat.messages, { addGenerationPrompt: chat.add_generation_prompt });
      expect(text).toBe(chat.text);
      expect(tokenizer.encode(text, { addSpecialTokens: false })).toEqual(chat.ids);
    }
  });

  it("agree for MiniLM's WordPiece: ids and decoded text", () => {
    const folder = `${modelsFolder}/all-minilm-l6-v2`;
    const tokenizer = createTokenizer({
      kind: "huggingface",
      tokenizerJson: readJson(`${folder}/tokenizer.json`),
      tokenizerConfig: readJson(`${folder}/tokenizer_config.json`),
    });
    const { strings } = readJson(`${fixturesFolder}/parity/minilm.json`) as { strings: { text: string; ids: number[]; decoded: string }[] };
    expect(strings).toHaveLength(206);
    expect(
      strings.map(({ text, ids }) => ({
        text,
        ids: tokenizer.encode(text, { addSpecialTokens: true }),
        decoded: tokenizer.decode(ids, { skipSpecialTokens: true }),
      })),
    ).toEqual(strings);
  });
});
