import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import { isObject, type JsonObject } from "@/server/engine/text/tokenizer-json";
import { openTokenizer } from "@/server/files/weights/checkpoint-folder";
import { loadTokenizer, tokenizerOf } from "@/server/runtime/models/load-tokenizer";
import { withinDeadline } from "@/server/runtime/models/within-deadline";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const tiny = {
  added_tokens: [{ id: 4, content: "<s>", special: true }],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2, " ": 3 }, merges: ["a b"] },
};

/** A folder whose tokenizer.json is the tiny one with other parts. */
function folderWith(parts: JsonObject): string {
  const folder = temporaryFolder();
  const model = isObject(parts["model"]) ? { ...tiny.model, ...parts["model"] } : tiny.model;
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify({ ...tiny, ...parts, model }));
  return folder;
}

describe("a tokenizer.json", () => {
  it("is read where it is whole, gaps between its ids included", () => {
    expect(loadTokenizer(folderWith({})).encode("ab a<s>", { addSpecialTokens: false })).toEqual([2, 3, 0, 4]);
    const gaps = loadTokenizer(folderWith({ model: { vocab: { ...tiny.model.vocab, c: 60_000 } } }));
    expect([gaps.vocabSize, gaps.encode("c", { addSpecialTokens: false })]).toEqual([60_001, [60_000]]);
  });

  const deep = (levels: number): unknown => (levels === 0 ? { type: "NFC" } : { type: "Sequence", normalizers: [deep(levels - 1)] });
  const replace = (text: string, content: string) => ({ type: "Replace", pattern: { String: text }, content });

  it.each<[string, JsonObject, string | RegExp]>([
    [
      "an id far beyond the count",
      { model: { vocab: { a: 0, b: 4_294_967_294 } } },
      'model.vocab["b"] has the id 4294967294; expected a whole number from 0 to',
    ],
    ["a negative id", { model: { vocab: { a: -1 } } }, 'model.vocab["a"] has the id -1'],
    ["an id that is no whole number", { model: { vocab: { a: 0.5 } } }, "has the id 0.5"],
    ["an id that is a text", { model: { vocab: { a: "0" } } }, 'has the id "0"'],
    [
      "an added token far beyond the count",
      { added_tokens: [{ id: 2 ** 40, content: "<s>" }] },
      'added_tokens.0 ("<s>") has the id 1099511627776',
    ],
    ["merges that are none", { model: { merges: null } }, "model.merges must be a list"],
    ["a merge of one piece", { model: { merges: ["a b", "ab"] } }, "model.merges.1 must be two pieces with a space between them"],
    ["a merge of three", { model: { merges: [["a", "b", "c"]] } }, "model.merges.0 must be a pair of pieces"],
    ["a piece without a score", { model: { type: "Unigram", vocab: [["a", 0], ["b"]] } }, "model.vocab.1 must be a piece and its score"],
    [
      "an unknown piece that is not there",
      { model: { type: "Unigram", vocab: [["a", 0]], unk_id: 7 } },
      "model.unk_id is 7; there are 1 pieces",
    ],
    ["pieces of no length", { pre_tokenizer: { type: "FixedLength", length: 0 } }, /pre_tokenizer.length: .*>=1/],
    [
      "a split at nothing",
      { pre_tokenizer: { type: "Split", pattern: { Regex: "" }, behavior: "Isolated" } },
      /pre_tokenizer.pattern.Regex: .*>=1/,
    ],
    ["a behaviour that is no text", { pre_tokenizer: { type: "Split", pattern: { String: "a" }, behavior: [] } }, "pre_tokenizer.behavior"],
    ["a replacement without a pattern", { normalizer: { type: "Replace", content: "" } }, "normalizer.pattern is missing"],
    ["a step of an unknown kind", { normalizer: { type: "Rot13" } }, /tokenizer.json cannot be used: .*Rot13/],
    ["a step named as what every object has", { normalizer: { type: "constructor" } }, /tokenizer.json cannot be used/],
    [
      "a regular expression that is none",
      { pre_tokenizer: { type: "Split", pattern: { Regex: "(" }, behavior: "Isolated" } },
      "cannot be used",
    ],
    ["steps nested too deep", { normalizer: deep(10) }, "is nested more than 8 deep"],
    ["a list of steps that is none", { normalizer: { type: "Sequence", normalizers: 3 } }, "normalizer.normalizers must be a list"],
    [
      "steps that double a text again and again",
      { normalizer: { type: "Sequence", normalizers: Array.from({ length: 40 }, () => replace("a", "aa")) } },
      "may make a text over 1000 times as long",
    ],
    ["a marker without an id", { post_processor: { type: "BertProcessing", sep: ["<s>"], cls: ["<s>", 4] } }, "post_processor.sep"],
  ])("is refused by its key for %s", (_, parts, message) => {
    expect(() => loadTokenizer(folderWith(parts))).toThrow(message);
  });

  it("leaves out a piece that is in no vocabulary where nothing stands for the unknown", () => {
    const tokenizer = loadTokenizer(folderWith({}));
    expect(tokenizer.encode("azb", { addSpecialTokens: false })).toEqual([0, 1]);
  });

  it("does not hold up the process with a regular expression that backtracks without end", () => {
    const expression = { type: "Split", pattern: { Regex: "(?:(?:.+)+)+!" }, behavior: "Isolated", invert: false };
    const tokenizer = loadTokenizer(folderWith({ pre_tokenizer: expression }));
    expect(() => tokenizer.encode("a".repeat(60), { addSpecialTokens: false })).toThrow(
      /timed out on a text of 60 characters.*pre_tokenizer/,
    );
  });

  const llama3 =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  const deepSeek = [
    "\\p{N}{1,3}",
    "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
  ];
  const split = (regex: string) => ({ type: "Split", pattern: { Regex: regex }, behavior: "Isolated", invert: false });
  const sequence = (...patterns: string[]) => ({ pre_tokenizer: { type: "Sequence", pretokenizers: patterns.map(split) } });

  it.each<[string, JsonObject, number]>([
    ["has no regular expression", {}, 0],
    ["has the one that ByteLevel brings (GPT-2, Pythia, OLMo, Phi-2)", { pre_tokenizer: { type: "ByteLevel", use_regex: true } }, 0],
    ["splits digits too (SmolLM)", { pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "Digits" }, { type: "ByteLevel" }] } }, 0],
    ["has Llama 3's", sequence(llama3), 0],
    ["has Qwen2's", sequence(llama3.replace("{1,3}", "")), 0],
    ["has DeepSeek's", sequence(...deepSeek), 0],
    ["has one of its own beside them", sequence(llama3, "\\p{L}+"), 1],
    ["has one of its own in its normalizer", { normalizer: { type: "Replace", pattern: { Regex: "a+" }, content: "a" } }, 1],
  ])("whose pipeline %s reads a text under a deadline only where a regular expression is unknown", (_, parts, deadlines) => {
    const tokenizer = loadTokenizer(folderWith(parts));
    const runs = vi.spyOn(Script.prototype, "runInContext");
    expect(tokenizer.encode("ab", { addSpecialTokens: false })).toEqual([2]);
    expect(runs).toHaveBeenCalledTimes(deadlines);
    runs.mockRestore();
  });

  it("of the demonstration model is unchanged by the checks", () => {
    const vocab: unknown = JSON.parse(readFileSync("demo/model/tokenizer.json", "utf8")).model.vocab;
    expect(loadTokenizer("demo/model").vocabSize).toBe(Object.keys(vocab as object).length);
  });
});

describe("a tokenizer of a model with fewer embeddings", () => {
  const tokenizerWith = (parts: JsonObject, vocab: number) =>
    tokenizerOf({ tokenizer: openTokenizer(folderWith(parts)).tokenizer, config: { model_type: "llama", vocab_size: vocab } });

  it("is refused by its key where the vocabulary itself has an id beyond them", () => {
    expect(() => tokenizerWith({}, 3)).toThrow(
      'tokenizer.json: model.vocab[" "] has the id 3; the model has embeddings only for ids below 3 (its vocab_size)',
    );
    const pieces = {
      type: "Unigram",
      merges: undefined,
      vocab: [
        ["a", 0],
        ["b", -1],
      ],
      unk_id: 0,
    };
    expect(() => tokenizerWith({ model: pieces }, 1)).toThrow('model.vocab["1"] has the id 1');
  });

  it("reads texts where only an added token is beyond them, and refuses one that holds it", () => {
    const tokenizer = tokenizerWith({}, 4);
    expect(tokenizer?.encode("ab a", { addSpecialTokens: false })).toEqual([2, 3, 0]);
    expect(() => tokenizer?.encode("a<s>", { addSpecialTokens: false })).toThrow(
      'the text contains the added token "<s>", whose id is 4; the model has embeddings only for ids below 4',
    );
    // Older files list added tokens in the vocabulary too.
    expect(tokenizerWith({ model: { vocab: { ...tiny.model.vocab, "<s>": 4 } } }, 4)).not.toBeNull();
  });

  it("is read whole where there are as many as tokens, or more", () => {
    expect(tokenizerWith({}, 5)?.encode("a<s>", { addSpecialTokens: false })).toEqual([0, 4]);
    expect(tokenizerWith({}, 64)?.vocabSize).toBe(5);
  });
});

describe("withinDeadline", () => {
  it("gives what the work gives, also within other work, and passes on its errors", () => {
    const inner = () => withinDeadline(() => [2], { ms: 1000 }, "late");
    expect(withinDeadline(() => [...inner(), ...inner(), 3], { ms: 1000 }, "late")).toEqual([2, 2, 3]);
    const failure = new RangeError("no");
    expect(() =>
      withinDeadline(
        () => {
          throw failure;
        },
        { ms: 1000 },
        "late",
      ),
    ).toThrow(failure);
  });

  it("stops a regular expression that would run for ever", () => {
    expect(() => withinDeadline(() => /^(?:(?:.+)+)+!$/.test("a".repeat(60)), { ms: 50 }, "too late")).toThrow("too late");
  });
});
