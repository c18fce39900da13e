import type { Tokenizer } from "@/server/engine/text/tokenizer";

/** Stands in where a model has no tokenizer: ids go in and out, texts are empty, nothing ends a text. */
export function idsOnlyTokenizer(vocab: number): Tokenizer {
  return {
    encode: () => [],
    decode: () => "",
    tokenText: (id) => `[${id}]`,
    tokenBytes: () => new Uint8Array(0),
    isSpecial: () => false,
    bosId: null,
    eosId: null,
    padId: null,
    eosIds: [],
    vocabSize: vocab,
    chatTemplate: null,
    rowTemplate: { single: [], pair: [] },
    specialTokens: {},
  };
}
