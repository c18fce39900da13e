import { hasUnknownPattern } from "@/server/engine/text/known-patterns";
import { createTokenizer, type Tokenizer } from "@/server/engine/text/tokenizer";
import { isObject } from "@/server/engine/text/tokenizer-json";
import { asInvalidFile, FileError } from "@/server/files/file-error";
import { type Checkpoint, openTokenizer } from "@/server/files/weights/checkpoint-folder";
import { withinDeadline } from "./within-deadline";

type TokenizerParts = Pick<Checkpoint, "tokenizer" | "generationConfig"> & Partial<Pick<Checkpoint, "config">>;

/** The tokenizer of a checkpoint; null where it holds none. One with unknown regular expressions has a time limit for each text. */
export function tokenizerOf(checkpoint: TokenizerParts): Tokenizer | null {
  const { tokenizer: source, generationConfig, config } = checkpoint;
  if (source === null) return null;
  const vocab = config?.["vocab_size"];
  const tokenizer = createTokenizer(
    source.kind === "gguf"
      ? { kind: "gguf", metadata: { ...source.metadata } }
      : { ...source, ...(generationConfig === undefined ? {} : { generationConfig }) },
    typeof vocab === "number" ? vocab : undefined,
  );
  if (!hasDeadline(source)) return tokenizer;
  return {
    ...tokenizer,
    encode: (text, options) =>
      withinDeadline(
        () => tokenizer.encode(text, options),
        { ms: 4000 + text.length / 100 },
        `the tokenizer timed out on a text of ${text.length} characters: a regular expression of its normalizer or pre_tokenizer takes too long`,
      ),
  };
}

/** Those of a GGUF file are ours, chosen by name. */
function hasDeadline(source: NonNullable<Checkpoint["tokenizer"]>): boolean {
  if (source.kind === "gguf" || !isObject(source.tokenizerJson)) return false;
  const { normalizer, pre_tokenizer } = source.tokenizerJson;
  return hasUnknownPattern([normalizer, pre_tokenizer]);
}

/**
 * Reads a model's tokenizer alone, without its weights.
 *
 * @param path a Hugging Face folder or a .gguf file
 * @throws FileError, also when the model has no tokenizer
 */
export function loadTokenizer(path: string): Tokenizer {
  try {
    return demandTokenizer(tokenizerOf(openTokenizer(path)), path);
  } catch (error) {
    throw asInvalidFile(path, error);
  }
}

/** @throws FileError naming the model */
export function demandTokenizer(tokenizer: Tokenizer | null, path: string): Tokenizer {
  if (tokenizer === null)
    throw new FileError("invalid", path, "has no tokenizer (tokenizer.json, or tokenizer.ggml.model in GGUF), so it takes token ids only");
  return tokenizer;
}
