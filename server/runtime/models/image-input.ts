import type { VisionConfig } from "@/lib/contract/architectures/vision/vision-config";
import type { ImageInput } from "@/lib/contract/model";
import { imageInputs } from "@/server/engine/models/vision/image-batch";
import { FileError } from "@/server/files/file-error";
import { type ImageProcessor, readImageProcessor } from "@/server/files/images/image-processor";
import { preparedSize } from "@/server/files/images/prepared-size";

/** How a checkpoint's images become its input. */
export type PreparedInput = {
  readonly processor: ImageProcessor;
  readonly size: { readonly height: number; readonly width: number };
  readonly channels: 1 | 3;
  /** Of every image. */
  readonly tokens: number;
};

/**
 * Reads how a checkpoint prepares images.
 *
 * @param path of its folder
 * @throws FileError where it does not say so, or the model cannot read what comes out
 */
export function preparedInput(path: string, config: VisionConfig): PreparedInput {
  const processor = readImageProcessor(path);
  const size = preparedSize(path, processor);
  const { channels } = config;
  if (channels !== 1 && channels !== 3)
    throw new FileError("invalid", path, `has a model of ${channels} channels (num_channels); images have 1 or 3`);
  const inputs = imageInputs(config);
  const image = { image: { ...size, channels, pixels: new Float32Array(0) } };
  const problem = inputs.problemOf(image);
  if (problem !== null) throw new FileError("invalid", path, `has a preprocessor that does not fit its model: an image ${problem}`);
  return { processor, size, channels, tokens: inputs.tokensOf(image) };
}

/** What a person sees of it. @throws FileError as `preparedInput` */
export function describeImageInput(path: string, config: VisionConfig): { readonly images: ImageInput; readonly tokens: number } {
  const { tokens, ...input } = preparedInput(path, config);
  return { images: describeInput({ ...input, patch: config.patchSize }), tokens };
}

/** A preprocessor with what it makes. */
export function describeInput({
  processor: { resize, normalise },
  size,
  channels,
  patch,
}: Omit<PreparedInput, "tokens"> & Pick<ImageInput, "patch">): ImageInput {
  const to =
    resize === null ? null : "height" in resize ? { height: resize.height, width: resize.width } : { shortestEdge: resize.shortestEdge };
  return {
    ...{ resize: to, filter: resize?.filter ?? null, size, patch, channels },
    ...{ mean: normalise === null ? null : [...normalise.mean], std: normalise === null ? null : [...normalise.std] },
  };
}
