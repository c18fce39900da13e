import { createTokenizer, type Tokenizer } from "@/server/engine/text/tokenizer";
import { type Checkpoint, openCheckpoint } from "@/server/files/checkpoint-folder";

/** The tokenizer of an opened checkpoint; null where the folder holds none. */
export function tokenizerOf(checkpoint: Checkpoint): Tokenizer | null {
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
  const checkpoint = openCheckpoint(path);
  try {
    return demandTokenizer(tokenizerOf(checkpoint), path);
  } finally {
    checkpoint.weights.close();
  }
}

/** @throws Error naming the model */
export function demandTokenizer(tokenizer: Tokenizer | null, path: string): Tokenizer {
  if (tokenizer === null) throw new Error(`${path}: has no tokenizer.json, so it takes token ids only`);
  return tokenizer;
}
