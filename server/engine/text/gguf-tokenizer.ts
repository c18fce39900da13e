import { byteLevelSplits } from "./gguf-pre-tokenizers";
import { mergesFromScores } from "./merges-from-scores";
import type { JsonObject, TokenizerJson } from "./tokenizer-json";

/** `tokenizer.ggml.token_type` */
const tokenType = { unknown: 2, control: 3, userDefined: 4 } as const;

/** A tokenizer in the form of a Hugging Face folder. */
export type TokenizerFiles = { tokenizerJson: TokenizerJson; tokenizerConfig: JsonObject; eosIds: number[] };

/**
 * Writes the tokenizer of a GGUF file as `tokenizer.json` and `tokenizer_config.json` would have it, so that both take one path.
 * Byte-level BPE (`tokenizer.ggml.model` = gpt2) and SentencePiece BPE (= llama).
 *
 * @param metadata the file's key-value pairs; integers may be numbers or bigints
 * @throws Error naming the key that is missing or not supported
 */
export function ggufTokenizerFiles(metadata: JsonObject): TokenizerFiles {
  const kind = metadata["tokenizer.ggml.model"];
  if (kind !== "gpt2" && kind !== "llama") {
    throw new Error(
      `GGUF: tokenizer.ggml.model is ${JSON.stringify(kind)}; supported: gpt2 (byte-level BPE) and llama (SentencePiece BPE)`,
    );
  }
  const tokens = list(metadata, "tokenizer.ggml.tokens", isString);
  const types = "tokenizer.ggml.token_type" in metadata ? list(metadata, "tokenizer.ggml.token_type", isNumeric).map(Number) : [];
  const parts = kind === "gpt2" ? byteLevelParts(metadata, tokens) : sentencePieceParts(metadata, tokens);
  const special = (name: string) => optionalId(metadata, `tokenizer.ggml.${name}_token_id`, tokens.length);
  const [bos, eos, pad, unknown] = [special("bos"), special("eos"), special("padding"), special("unknown")];
  const text = (id: number | undefined) => (id === undefined ? null : (tokens[id] ?? null));

  const addBos = flag(metadata, "tokenizer.ggml.add_bos_token", parts.addsBos);
  const addEos = flag(metadata, "tokenizer.ggml.add_eos_token", false);
  const template = metadata["tokenizer.chat_template"];
  return {
    tokenizerJson: {
      added_tokens: tokens.flatMap((content, id) => {
        const type = types[id];
        const isSpecial = type === tokenType.control || type === tokenType.unknown;
        return isSpecial || type === tokenType.userDefined ? [{ id, content, special: isSpecial, normalized: false }] : [];
      }),
      normalizer: parts.normalizer,
      pre_tokenizer: parts.preTokenizer,
      post_processor: wrapWithSpecialTokens(addBos ? text(bos) : null, bos ?? 0, addEos ? text(eos) : null, eos ?? 0),
      decoder: parts.decoder,
      vocabSize: tokens.length,
      model: { ...parts.model, vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), unk_token: text(unknown) },
    },
    tokenizerConfig: {
      bos_token: text(bos),
      eos_token: text(eos),
      pad_token: text(pad),
      clean_up_tokenization_spaces: false,
      ...(typeof template === "string" ? { chat_template: template } : {}),
    },
    eosIds: [eos, special("eot"), special("eom")].filter((id) => id !== undefined),
  };
}

type Parts = { model: JsonObject; normalizer: unknown; preTokenizer: unknown; decoder: unknown; addsBos: boolean };

function byteLevelParts(metadata: JsonObject, tokens: string[]): Parts {
  const { patterns, ignoreMerges, addsBos } = byteLevelSplits(metadata["tokenizer.ggml.pre"] ?? "default");
  const splits = patterns.map((pattern) => ({ type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false }));
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  const known = new Set(tokens);
  const merges = list(metadata, "tokenizer.ggml.merges", isString).map((merge, index) => {
    // A piece never holds a plain space, but may begin with a stand-in that looks odd: split at the space between the two.
    const at = merge.indexOf(" ", 1);
    const pair = [merge.slice(0, at), merge.slice(at + 1)];
    if (at < 0 || !known.has(pair.join("")))
      throw new Error(`GGUF: tokenizer.ggml.merges[${index}] (${JSON.stringify(merge)}) does not make a token`);
    return pair;
  });
  return {
    model: {
      type: "BPE",
      merges,
      ignore_merges: ignoreMerges,
      byte_fallback: false,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
    },
    normalizer: null,
    preTokenizer: { type: "Sequence", pretokenizers: [...splits, byteLevel] },
    decoder: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    addsBos,
  };
}

function sentencePieceParts(metadata: JsonObject, tokens: string[]): Parts {
  const scores = list(metadata, "tokenizer.ggml.scores", isNumeric).map(Number);
  if (scores.length !== tokens.length) {
    throw new Error(`GGUF: tokenizer.ggml.scores has ${scores.length} entries for ${tokens.length} tokens`);
  }
  const prefixesSpace = flag(metadata, "tokenizer.ggml.add_space_prefix", true);
  const replaceSpaces = { type: "Replace", pattern: { String: " " }, content: "▁" };
  const strip = prefixesSpace ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : [];
  return {
    model: { type: "BPE", merges: mergesFromScores(tokens, scores), byte_fallback: true, fuse_unk: true, ignore_merges: false },
    normalizer: prefixesSpace ? { type: "Sequence", normalizers: [{ type: "Prepend", prepend: "▁" }, replaceSpaces] } : replaceSpaces,
    preTokenizer: null,
    decoder: {
      type: "Sequence",
      decoders: [{ type: "Replace", pattern: { String: "▁" }, content: " " }, { type: "ByteFallback" }, { type: "Fuse" }, ...strip],
    },
    addsBos: true,
  };
}

function wrapWithSpecialTokens(bos: string | null, bosId: number, eos: string | null, eosId: number): unknown {
  if (bos === null && eos === null) return null;
  const before = bos === null ? [] : [{ SpecialToken: { id: bos, type_id: 0 } }];
  const after = eos === null ? [] : [{ SpecialToken: { id: eos, type_id: 0 } }];
  const single = [...before, { Sequence: { id: "A", type_id: 0 } }, ...after];
  return {
    type: "TemplateProcessing",
    single,
    pair: [...single, ...before, { Sequence: { id: "B", type_id: 1 } }, ...after],
    special_tokens: {
      ...(bos === null ? {} : { [bos]: { id: bos, ids: [bosId], tokens: [bos] } }),
      ...(eos === null ? {} : { [eos]: { id: eos, ids: [eosId], tokens: [eos] } }),
    },
  };
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function list<T>(metadata: JsonObject, key: string, isEntry: (value: unknown) => value is T): T[] {
  const value = metadata[key];
  const entries = Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value as ArrayLike<unknown>) : undefined;
  if (entries === undefined) throw new Error(`GGUF: ${key} is missing`);
  if (!entries.every(isEntry)) throw new Error(`GGUF: ${key} has an entry of the wrong type`);
  return entries;
}

function optionalId(metadata: JsonObject, key: string, vocab: number): number | undefined {
  const value = metadata[key];
  if (value === undefined) return undefined;
  const id = isNumeric(value) ? Number(value) : Number.NaN;
  if (!Number.isInteger(id) || id < 0 || id >= vocab)
    throw new Error(`GGUF: ${key} is ${String(value)}; the vocabulary has ${vocab} tokens`);
  return id;
}

function flag(metadata: JsonObject, key: string, fallback: boolean): boolean {
  const value = metadata[key];
  return typeof value === "boolean" ? value : fallback;
}
