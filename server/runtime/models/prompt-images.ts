import type { ImageTokens } from "@/server/engine/text/image-tokens";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { FileError } from "@/server/files/file-error";
import { type PreparedInput, preparedInput } from "./image-input";
import type { BaseModel } from "./load-base-model";

/** How a language model's prompts take images. */
export type PromptImages = ImageTokens & { readonly prepared: PreparedInput };

/**
 * Undefined for a model that reads texts alone.
 *
 * @throws FileError where its checkpoint does not say how images are prepared, or its tokenizer does not write an image token
 */
export function promptImages({ path, model }: Pick<BaseModel, "path" | "model">, tokenizer: Tokenizer): PromptImages | undefined {
  const { images } = model;
  if (images === undefined) return undefined;
  const { tower, imageToken: id } = images.config;
  const prepared = preparedInput(path, tower);
  const text = tokenizer.tokenText(id);
  const written = tokenizer.encode(text, { addSpecialTokens: false });
  if (written.length !== 1 || written[0] !== id) {
    throw new FileError(
      "invalid",
      path,
      `has a tokenizer that does not write the image token (image_token_index ${id}), so no prompt can have an image`,
    );
  }
  return { text, id, each: images.featuresOf(prepared.size), prepared };
}
