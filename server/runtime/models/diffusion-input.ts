import type { DiffusionModelConfig } from "@/lib/contract/architectures/diffusion/diffusion-architectures";
import { FileError } from "@/server/files/file-error";
import type { ImageProcessor } from "@/server/files/images/image-processor";
import type { DiffusionBase } from "./load-base-model";

/** What is known of a diffusion model before its weights are read. */
export type Denoising = Pick<DiffusionBase, "path" | "classes" | "hasAutoencoder"> & {
  readonly model: { readonly config: DiffusionModelConfig };
};

/**
 * How images become what a diffusion model denoises: values in −1…1. Files of such models do not say how images are brought to their size; as diffusers'
 * examples of training do, the shorter side is scaled to it and the middle is cut out.
 *
 * @throws FileError for a model of the latents of an autoencoder
 */
export function diffusionInput({ path, model, hasAutoencoder }: Denoising): { processor: ImageProcessor; channels: 1 | 3 } {
  const { channels, imageSize } = model.config;
  if (hasAutoencoder) {
    throw new FileError(
      "invalid",
      path,
      "denoises the latents of an autoencoder (vae), which is not supported: give latents as pixel_values in a safetensors file, or a model of pixels",
    );
  }
  if (channels !== 1 && channels !== 3) {
    throw new FileError(
      "invalid",
      path,
      `denoises images of ${channels} channels (in_channels), but images have 1 or 3: give a model of pixels`,
    );
  }
  const half = [0.5, 0.5, 0.5];
  const resize = { shortestEdge: Math.max(imageSize.height, imageSize.width), filter: "bilinear" } as const;
  return { processor: { resize, crop: imageSize, rescale: 1 / 255, normalise: { mean: half, std: half } }, channels };
}

/**
 * The number of a class by one of its names, or as it is.
 *
 * @throws RangeError where the model has no such class
 */
export function classNumberOf(label: string, { model, classes }: Pick<Denoising, "model" | "classes">): number {
  const named = classes?.findIndex((names) => names.includes(label)) ?? -1;
  if (named >= 0) return named;
  const { numClasses } = model.config;
  if (/^\d+$/.test(label) && Number(label) < numClasses) return Number(label);
  const known = classes === null ? `0…${numClasses - 1}` : classes.map(([name]) => name).join(", ");
  throw new RangeError(`"${label}" is not one of the model's classes: ${known}`);
}
