import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import { ggufTokenizerFiles, type TokenizerFiles } from "./gguf-tokenizer";
import { type RowTemplate, readRowTemplate } from "./row-template";
import { pieceBytes, shownBytes } from "./token-bytes";
import { demandEmbedded, demandEmbeddings } from "./token-embeddings";
import { dropsLeadingSpace, isObject, type JsonObject, parseTokenizerJson, pieceFamily } from "./tokenizer-json";

/** What a tokenizer is made of; parsed JSON as the files hold it. */
export type TokenizerSource =
  | {
      kind: "huggingface";
      /** `tokenizer.json` */
      tokenizerJson: unknown;
      /** `tokenizer_config.json`; null where the folder has none */
      tokenizerConfig: unknown;
      /** `generation_config.json` or `config.json`: their `eos_token_id` also ends a text */
      generationConfig?: unknown;
      /** Text of `chat_template.jinja`, which goes before the one in `tokenizer_config.json` */
      chatTemplate?: string;
    }
  | {
      kind: "gguf";
      /** Key-value pairs of the file */
      metadata: JsonObject;
    };

export type Tokenizer = {
  encode(text: string, options: { addSpecialTokens: boolean }): number[];
  /**
   * Bytes that form no character become U+FFFD, as in transformers, or are named for a reader, as in `<0xE2>`; ids beyond the vocabulary (a padded
   * embedding has some) add nothing.
   */
  decode(ids: readonly number[], options: { skipSpecialTokens: boolean; looseBytes?: "replaced" | "named" }): string;
  /** One token as a person reads it, leading space kept; bytes that form no character alone are shown as `<0xE2>`. */
  tokenText(id: number): string;
  /** UTF-8 bytes that the token adds to a text. */
  tokenBytes(id: number): Uint8Array;
  isSpecial(id: number): boolean;
  bosId: number | null;
  eosId: number | null;
  padId: number | null;
  /** Every id that ends a text: `eosId` first, then those of the generation settings. */
  eosIds: readonly number[];
  /** Largest id + 1. */
  vocabSize: number;
  /** Jinja source, or null for a model without one. */
  chatTemplate: string | null;
  /** The special tokens around one text, and around two that an encoder reads together. */
  rowTemplate: RowTemplate;
  /** Spellings that templates refer to: `bos_token`, `eos_token`, `pad_token`, `unk_token`. */
  specialTokens: { readonly [name: string]: string };
};

/**
 * @param embeddings how many ids the model has embeddings of, where it is known
 * @throws Error naming the file and key where the source is incomplete, of an unsupported kind or of a larger model
 */
export function createTokenizer(source: TokenizerSource, embeddings = Number.POSITIVE_INFINITY): Tokenizer {
  const files: TokenizerFiles = source.kind === "gguf" ? ggufTokenizerFiles(source.metadata) : huggingFaceFiles(source);
  const { tokenizerJson: json, tokenizerConfig: config } = files;
  demandEmbeddings(json, embeddings, source.kind === "gguf" ? "GGUF: tokenizer.ggml.tokens" : "tokenizer.json: model.vocab");
  const library = createLibraryTokenizer(json, config);
  const family = pieceFamily(json);
  const dropsSpace = family === "metaspace" && dropsLeadingSpace(json);
  const addedTokens = new Map(json.added_tokens.map((token) => [token.id, token]));
  const { vocabSize } = json;
  const specialTokens = namedTokens(config);
  const idOf = (name: string) => {
    const piece = specialTokens[name];
    return piece === undefined ? null : (library.token_to_id(piece) ?? null);
  };
  const eosId = idOf("eos_token") ?? files.eosIds[0] ?? null;

  const encoder = new TextEncoder();
  const bytesById: (Uint8Array | undefined)[] = new Array(vocabSize);
  const tokenBytes = (id: number): Uint8Array => {
    if (!Number.isInteger(id) || id < 0) throw new RangeError(`token id ${id}: must be a whole number from 0`);
    const known = bytesById[id];
    if (known !== undefined) return known;
    const added = addedTokens.get(id);
    const piece = id < vocabSize ? library.id_to_token(id) : undefined;
    const bytes = added ? encoder.encode(added.content) : pieceBytes(piece ?? "", piece === undefined ? "byteLevel" : family);
    if (id < vocabSize) bytesById[id] = bytes;
    return bytes;
  };
  const isSpecial = (id: number) => addedTokens.get(id)?.special === true;

  return {
    // A piece that the vocabulary lacks, without a token for the unknown, has no id and is left out, as the original does.
    encode(text, { addSpecialTokens }) {
      const encoded: (number | undefined)[] = library.encode(text, { add_special_tokens: addSpecialTokens }).ids;
      const ids = encoded.filter((id) => id !== undefined);
      if (vocabSize > embeddings) demandEmbedded(ids, addedTokens, embeddings);
      return ids;
    },
    decode(ids, { skipSpecialTokens, looseBytes = "replaced" }) {
      const kept = skipSpecialTokens ? ids.filter((id) => !isSpecial(id)) : [...ids];
      if (kept.length === 0) return "";
      if (family === "wordPiece") return cleanedUp(library.decode(kept, { clean_up_tokenization_spaces: false }), config);
      const bytes = concatenate(kept.map(tokenBytes));
      const text = looseBytes === "named" ? shownBytes(bytes) : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
      const isPlainStart = dropsSpace && !addedTokens.has(kept[0] ?? -1);
      return cleanedUp(isPlainStart && text.startsWith(" ") ? text.slice(1) : text, config);
    },
    tokenText: (id) => shownBytes(tokenBytes(id)),
    tokenBytes,
    isSpecial,
    bosId: idOf("bos_token"),
    eosId,
    padId: idOf("pad_token"),
    eosIds: [...new Set([...(eosId === null ? [] : [eosId]), ...files.eosIds])],
    vocabSize,
    chatTemplate: chatTemplateOf(config),
    rowTemplate: readRowTemplate(json.post_processor),
    specialTokens,
  };
}

function huggingFaceFiles(source: Extract<TokenizerSource, { kind: "huggingface" }>): TokenizerFiles {
  const config = isObject(source.tokenizerConfig) ? source.tokenizerConfig : {};
  const eos = isObject(source.generationConfig) ? source.generationConfig["eos_token_id"] : undefined;
  return {
    tokenizerJson: parseTokenizerJson(source.tokenizerJson),
    tokenizerConfig: source.chatTemplate === undefined ? config : { ...config, chat_template: source.chatTemplate },
    eosIds: (Array.isArray(eos) ? eos : [eos]).filter((id): id is number => typeof id === "number"),
  };
}

function createLibraryTokenizer(json: TokenizerFiles["tokenizerJson"], config: JsonObject): LibraryTokenizer {
  try {
    return new LibraryTokenizer(json, config);
  } catch (cause) {
    throw new Error(`tokenizer.json cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** `tokenizer_config.json` spells a special token as a string or as `{ content }`. */
function namedTokens(config: JsonObject): { [name: string]: string } {
  const named: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(config)) {
    if (!name.endsWith("_token")) continue;
    const content = isObject(value) ? value["content"] : value;
    if (typeof content === "string") named[name] = content;
  }
  return named;
}

/** A config may hold several named templates; `default` is the one for plain chats. */
function chatTemplateOf(config: JsonObject): string | null {
  const template = config["chat_template"];
  if (typeof template === "string") return template;
  if (!Array.isArray(template)) return null;
  const chosen: unknown = template.find((entry) => isObject(entry) && entry["name"] === "default");
  return isObject(chosen) && typeof chosen["template"] === "string" ? chosen["template"] : null;
}

/** The clean-up that old configurations ask for when decoding (transformers' `clean_up_tokenization`). */
function cleanedUp(text: string, config: JsonObject): string {
  if (config["clean_up_tokenization_spaces"] !== true) return text;
  return text
    .replace(/ ([.?!,])/g, "$1")
    .replaceAll(" ' ", "'")
    .replace(/ (n't|'m|'s|'ve|'re)/g, "$1");
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
