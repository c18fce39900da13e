import type { TemplatePart } from "./row-template";
import type { Tokenizer } from "./tokenizer";

/** One text, or two that are read together (premise and hypothesis, question and answer). */
export type TextPair = { readonly first: string; readonly second?: string | undefined };

export type PairOptions = {
  /** Most tokens of a row, special ones counted. */
  readonly maxTokens: number;
  /** Segments that the model distinguishes; with fewer than two, all tokens have segment 0. */
  readonly typeVocab: number;
};

export type EncodedPair = {
  readonly ids: Int32Array;
  /** The segment of each token. */
  readonly tokenTypeIds: Int32Array;
  /** Whether tokens were cut off to keep within `maxTokens`. */
  readonly tooLong: boolean;
};

/**
 * The tokens of a row as encoders read it, with the special tokens around each text that the tokenizer's own template has: BERT's
 * [CLS] a [SEP] b [SEP], RoBERTa's <s> a </s></s> b </s>. What is too long is cut off the end of the longer text until both are equally
 * long, then off both; of an odd number of tokens that are left the longer text keeps one more, the second where both were equally
 * long (as Hugging Face's tokenizers does, `longest_first`).
 *
 * @throws RangeError when the special tokens alone do not fit
 */
export function encodePair(tokenizer: Tokenizer, { first, second }: TextPair, { maxTokens, typeVocab }: PairOptions): EncodedPair {
  const parts = second === undefined ? tokenizer.rowTemplate.single : tokenizer.rowTemplate.pair;
  const specials = parts.reduce((count, part) => count + (part.kind === "special" ? part.ids.length : 0), 0);
  if (maxTokens < specials) throw new RangeError(`a row of at most ${maxTokens} tokens has no room for its ${specials} special tokens`);
  const texts = {
    first: tokenizer.encode(first, { addSpecialTokens: false }),
    second: second === undefined ? [] : tokenizer.encode(second, { addSpecialTokens: false }),
  };
  const kept = keptLengths(texts.first.length, texts.second.length, maxTokens - specials);
  const idsOf = (part: TemplatePart) => (part.kind === "special" ? part.ids : texts[part.which].slice(0, kept[part.which]));
  const laid = parts.map((part) => ({ ids: idsOf(part), typeId: typeVocab > 1 ? part.typeId : 0 }));
  return {
    ids: Int32Array.from(laid.flatMap(({ ids }) => ids)),
    tokenTypeIds: Int32Array.from(laid.flatMap(({ ids, typeId }) => ids.map(() => typeId))),
    tooLong: kept.first < texts.first.length || kept.second < texts.second.length,
  };
}

/** How many tokens of each text stay where there is room for so many together. */
function keptLengths(first: number, second: number, room: number): { first: number; second: number } {
  if (first + second <= room) return { first, second };
  const shorter = Math.min(first, second);
  const [less, more] = shorter <= room - shorter ? [shorter, room - shorter] : [Math.floor(room / 2), Math.ceil(room / 2)];
  return first > second ? { first: more, second: less } : { first: less, second: more };
}
