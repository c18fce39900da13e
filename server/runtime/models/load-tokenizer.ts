import { createTokenizer, type Tokenizer } from "@/server/engine/text/tokenizer";
import { type Checkpoint, openTokenizer } from "@/server/files/weights/checkpoint-folder";

/** The tokenizer of a checkpoint; null where it holds none. */
export function tokenizerOf(checkpoint: Pick<Checkpoint, "tokenizer" | "generationConfig">): Tokenizer | null {
  const { tokenizer, generationConfig } = checkpoint;
  if (tokenizer === null) return null;
  if (tokenizer.kind === "gguf") return createTokenizer({ kind: "gguf", metadata: { ...tokenizer.metadata } });
  return createTokenizer({ ...tokenizer, ...(generationConfig === undefined ? {} : { generationConfig }) });
}

/**
 * Reads a model's tokenizer alone, without its weights.
 *
 * @param path a Hugging Face folder or a .gguf file
 * @throws FileError; Error when the model has no tokenizer
 */
export function loadTokenizer(path: string): Tokenizer {
  return demandTokenizer(tokenizerOf(openTokenizer(path)), path);
}

/** @throws Error naming the model */
export function demandTokenizer(tokenizer: Tokenizer | null, path: string): Tokenizer {
  if (tokenizer === null)
    throw new Error(`${path}: has no tokenizer (tokenizer.json, or tokenizer.ggml.model in GGUF), so it takes token ids only`);
  return tokenizer;
}
