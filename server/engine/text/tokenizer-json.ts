import type { PieceFamily } from "./token-bytes";
import { demandSteps } from "./tokenizer-steps";
import { demandVocabulary } from "./tokenizer-vocabulary";

/** A JSON object whose members are not known beforehand. */
export type JsonObject = { [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What `tokenizer.json` must hold for the tokenizer library. */
export type TokenizerJson = {
  added_tokens: { id: number; content: string; special: boolean }[];
  normalizer: unknown;
  pre_tokenizer: unknown;
  post_processor: unknown;
  decoder: unknown;
  model: JsonObject;
  /** Largest id + 1. */
  vocabSize: number;
};

const SUPPORTED_MODELS = ["BPE", "Unigram", "WordPiece"];

/**
 * Checks the parts of a `tokenizer.json` and fills in the ones that older files leave out.
 *
 * @throws Error naming the part that is missing or of the wrong kind
 */
export function parseTokenizerJson(json: unknown): TokenizerJson {
  if (!isObject(json)) throw new Error("tokenizer.json: expected a JSON object");
  const model = json["model"];
  if (!isObject(model) || (!isObject(model["vocab"]) && !Array.isArray(model["vocab"]))) {
    throw new Error("tokenizer.json: no `model.vocab`; a fast tokenizer file is needed (save the tokenizer again with transformers)");
  }
  const type = model["type"];
  // Older files do not name the type; of others the library would give ids that are not there.
  if (type !== undefined && !SUPPORTED_MODELS.includes(String(type))) {
    throw new Error(`tokenizer.json: model.type ${JSON.stringify(type)} is not supported; supported: ${SUPPORTED_MODELS.join(", ")}`);
  }
  const added = json["added_tokens"] ?? [];
  if (!Array.isArray(added)) throw new Error("tokenizer.json: `added_tokens` must be a list");
  const addedTokens = added.map(parseAddedToken);
  const vocabSize = demandVocabulary(model, addedTokens);
  const part = (name: Parameters<typeof demandSteps>[0]) => {
    const steps = json[name] ?? null;
    demandSteps(name, steps);
    return steps;
  };
  return {
    added_tokens: addedTokens,
    normalizer: part("normalizer"),
    pre_tokenizer: rewriteUnicodeDigits(part("pre_tokenizer")),
    post_processor: part("post_processor"),
    decoder: part("decoder"),
    model,
    vocabSize,
  };
}

function parseAddedToken(token: unknown, index: number): { id: number; content: string; special: boolean } {
  if (!isObject(token) || typeof token["id"] !== "number" || typeof token["content"] !== "string") {
    throw new Error(`tokenizer.json: added_tokens[${index}] needs a number \`id\` and a string \`content\``);
  }
  return { ...token, id: token["id"], content: token["content"], special: token["special"] === true };
}

/**
 * The library's `Digits` splits ASCII digits alone, the original every number character (Rust's `char::is_numeric`, \p{N}).
 * A `Split` on \p{N} says the same and is done as written.
 */
function rewriteUnicodeDigits(step: unknown): unknown {
  if (!isObject(step)) return step;
  if (step["type"] === "Sequence" && Array.isArray(step["pretokenizers"])) {
    return { ...step, pretokenizers: step["pretokenizers"].map(rewriteUnicodeDigits) };
  }
  if (step["type"] !== "Digits") return step;
  return {
    type: "Split",
    pattern: { Regex: step["individual_digits"] === true ? "\\p{N}" : "\\p{N}+" },
    behavior: "Isolated",
    invert: false,
  };
}

/** How the vocabulary's pieces stand for text, read from the decoder (or, where it is missing, the model). */
export function pieceFamily(json: TokenizerJson): PieceFamily {
  if (json.model["type"] === "WordPiece") return "wordPiece";
  return decoderTypes(json.decoder).includes("ByteLevel") ? "byteLevel" : "metaspace";
}

/** Whether decoding drops the space that the tokenizer puts before a text (`Strip` at the start, or Metaspace's own). */
export function dropsLeadingSpace(json: TokenizerJson): boolean {
  const steps = isObject(json.decoder) && Array.isArray(json.decoder["decoders"]) ? json.decoder["decoders"] : [json.decoder];
  return steps.some((step) => {
    if (!isObject(step)) return false;
    if (step["type"] === "Strip") return step["content"] === " " && step["start"] === 1;
    return step["type"] === "Metaspace" && step["prepend_scheme"] !== "never" && step["add_prefix_space"] !== false;
  });
}

function decoderTypes(decoder: unknown): unknown[] {
  if (!isObject(decoder)) return [];
  const nested = Array.isArray(decoder["decoders"]) ? decoder["decoders"].flatMap(decoderTypes) : [];
  return [decoder["type"], ...nested];
}
