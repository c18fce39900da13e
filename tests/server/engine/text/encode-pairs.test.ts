import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodePair } from "@/server/engine/text/encode-pairs";
import { readRowTemplate } from "@/server/engine/text/row-template";
import { createTokenizer, type Tokenizer } from "@/server/engine/text/tokenizer";
import { modelsFolder, references } from "@/tests/support/fixtures";
import { demoTokenizer, readJson } from "./support";

type Row = { first: string; second: string | null; maxTokens: number; ids: number[]; types: number[] };
/** Made by `make-pairs.py` beside it. */
const golden = readJson("tests/golden/text/pairs.json") as { bert: Row[]; roberta: Row[]; robertaTokenizer: unknown };

function expectRows(tokenizer: Tokenizer, rows: readonly Row[], typeVocab: number): void {
  for (const { first, second, maxTokens, ids, types } of rows) {
    const got = encodePair(tokenizer, { first, second: second ?? undefined }, { maxTokens, typeVocab });
    const row = JSON.stringify([first, second, maxTokens]);
    expect(Array.from(got.ids), row).toEqual(ids);
    expect(Array.from(got.tokenTypeIds), row).toEqual(types);
  }
}

const roberta = () => createTokenizer({ kind: "huggingface", tokenizerJson: golden.robertaTokenizer, tokenizerConfig: null });

describe("encodePair", () => {
  it.runIf(modelsFolder)("lays BERT's texts and pairs as transformers does, cut where they are too long", references, () => {
    const folder = join(modelsFolder ?? "", "all-minilm-l6-v2");
    const read = (file: string) => readJson(join(folder, file));
    const tokenizer = createTokenizer({
      kind: "huggingface",
      tokenizerJson: read("tokenizer.json"),
      tokenizerConfig: read("tokenizer_config.json"),
    });
    expectRows(tokenizer, golden.bert, 2);
    const { first, ids } = golden.bert.find(({ second }) => second !== null) as Row;
    const { tokenTypeIds } = encodePair(tokenizer, { first, second: first }, { maxTokens: 64, typeVocab: 1 });
    expect(ids.length).toBeGreaterThan(0);
    expect(tokenTypeIds.every((type) => type === 0)).toBe(true);
  });

  it("lays RoBERTa's texts and pairs as transformers does", () => {
    expectRows(roberta(), golden.roberta, 2);
  });

  it("says whether a row was cut", () => {
    const pair = { first: "yes", second: "A man is playing." };
    const whole = encodePair(roberta(), pair, { maxTokens: 64, typeVocab: 1 });
    expect(whole.tooLong).toBe(false);
    expect(encodePair(roberta(), pair, { maxTokens: whole.ids.length, typeVocab: 1 }).tooLong).toBe(false);
    expect(encodePair(roberta(), pair, { maxTokens: whole.ids.length - 1, typeVocab: 1 }).tooLong).toBe(true);
  });

  it("puts nothing around the texts of a tokenizer without a template", () => {
    const tokenizer = demoTokenizer();
    const ids = (text: string) => tokenizer.encode(text, { addSpecialTokens: false });
    const { ids: got, tokenTypeIds } = encodePair(tokenizer, { first: "one", second: "two" }, { maxTokens: 64, typeVocab: 2 });
    expect(Array.from(got)).toEqual([...ids("one"), ...ids("two")]);
    expect(Array.from(tokenTypeIds)).toEqual([...ids("one").map(() => 0), ...ids("two").map(() => 1)]);
  });

  it("refuses a row that its special tokens do not fit in", () => {
    expect(() => encodePair(roberta(), { first: "a", second: "b" }, { maxTokens: 3, typeVocab: 1 })).toThrow(
      "a row of at most 3 tokens has no room for its 4 special tokens",
    );
  });
});

describe("readRowTemplate", () => {
  it("reads BERT's older form, also from within a sequence", () => {
    const processor = { type: "BertProcessing", sep: ["[SEP]", 102], cls: ["[CLS]", 101] };
    const { single, pair } = readRowTemplate({ type: "Sequence", processors: [{ type: "ByteLevel" }, processor] });
    expect(single).toEqual([
      { kind: "special", ids: [101], typeId: 0 },
      { kind: "text", which: "first", typeId: 0 },
      { kind: "special", ids: [102], typeId: 0 },
    ]);
    expect(pair.slice(3)).toEqual([
      { kind: "text", which: "second", typeId: 1 },
      { kind: "special", ids: [102], typeId: 1 },
    ]);
  });

  it("names what it does not understand", () => {
    expect(() => readRowTemplate({ type: "RobertaProcessing", cls: ["<s>", 0] })).toThrow("post_processor.sep must be [token, id]");
    const template = { type: "TemplateProcessing", single: [{ SpecialToken: { id: "[X]" } }], pair: [], special_tokens: {} };
    expect(() => readRowTemplate(template)).toThrow('special_tokens has no ids for "[X]"');
  });
});
