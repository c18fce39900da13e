import type { GridSize } from "@/lib/contract/architectures/vision/vision-config";
import { isVisionLanguageConfig, parseLlava } from "@/lib/contract/architectures/vision-language/llava";
import type { ImageInputConfig } from "@/lib/contract/architectures/vision-language/vision-language-config";
import { tokensOf } from "@/server/engine/models/vision/image-batch";
import type { ImageTokens } from "@/server/engine/text/image-tokens";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { FileError } from "@/server/files/file-error";
import { readCheckpointConfig } from "@/server/files/weights/checkpoint-folder";
import { type PreparedInput, preparedInput } from "./image-input";
import type { BaseModel } from "./load-base-model";

/** How a language model's prompts take images. */
export type PromptImages = ImageTokens & { readonly prepared: PreparedInput };

/** Of a loaded model: undefined for one that reads texts alone. @throws FileError as `promptImagesOf` */
export function promptImages({ path, model }: Pick<BaseModel, "path" | "model">, tokenizer: Tokenizer): PromptImages | undefined {
  return model.images && promptImagesOf(path, model.images.config, tokenizer);
}

/** Of a checkpoint, without its weights. @throws FileError as `promptImagesOf`, and for a configuration that cannot be read */
export function promptImagesAt(path: string, tokenizer: Tokenizer): PromptImages | undefined {
  const config = readCheckpointConfig(path);
  return isVisionLanguageConfig(config) ? promptImagesOf(path, parseLlava(config).images, tokenizer) : undefined;
}

/** @throws FileError where a checkpoint does not say how images are prepared, or its tokenizer does not write an image token */
export function promptImagesOf(path: string, config: ImageInputConfig, tokenizer: Tokenizer): PromptImages {
  const { tower, imageToken: id } = config;
  const prepared = preparedInput(path, tower);
  const text = tokenizer.tokenText(id);
  const written = tokenizer.encode(text, { addSpecialTokens: false });
  if (written.length === 1 && written[0] === id) return { text, id, each: featuresOf(prepared.size, config), prepared };
  throw new FileError(
    "invalid",
    path,
    `has a tokenizer that does not write the image token (image_token_index ${id}), so no prompt can have an image`,
  );
}

/** How many tokens of a prompt an image of a size takes. */
export function featuresOf(size: GridSize, { tower, dropsFirst }: ImageInputConfig): number {
  return tokensOf(size, tower) - (dropsFirst ? 1 : 0);
}
