import type { DiffusionConfig } from "@/lib/contract/architectures/diffusion/diffusion-config";
import { patchGrid } from "@/lib/contract/architectures/vision/vision-config";
import type { Layout } from "@/server/engine/models/batch";
import type { Images } from "@/server/engine/models/images";

/** Noisy images of one size, each a row of patches, with what the model is told of each. */
export type NoisyBatch = Pick<Layout, "rows" | "tokens"> & {
  readonly images: Images;
  /** (rows) from 0 on; of a flow, fractions too */
  readonly timesteps: Float32Array;
  /** (rows) `numClasses` is "no class" */
  readonly classes: Int32Array;
};

/** @throws RangeError when the images do not fit the model, or their number that of the time steps and classes */
export function noisyBatch(images: Images, told: Pick<NoisyBatch, "timesteps" | "classes">, config: DiffusionConfig): NoisyBatch {
  const { height, width } = patchGrid(images, config);
  return demandNoisy({ images, ...told, rows: told.classes.length, tokens: height * width }, config);
}

/** @throws RangeError as `noisyBatch` */
export function demandNoisy(batch: NoisyBatch, config: DiffusionConfig): NoisyBatch {
  const { images, rows, tokens, timesteps, classes } = batch;
  const { pixels, channels, height, width } = images;
  demandSize(images, config);
  if (!(rows > 0) || pixels.length !== rows * channels * height * width) {
    throw new RangeError(`${pixels.length} pixel values are not ${rows} images of ${channels}×${height}×${width}`);
  }
  if (timesteps.length !== rows || classes.length !== rows) {
    throw new RangeError(`${rows} images have ${timesteps.length} time steps and ${classes.length} classes`);
  }
  const grid = patchGrid(images, config);
  if (tokens !== grid.height * grid.width) throw new RangeError(`an image has ${grid.height * grid.width} patches, not ${tokens}`);
  const early = timesteps.find((timestep) => !(timestep >= 0));
  if (early !== undefined) throw new RangeError(`a time step is from 0 on, and one is ${early}`);
  const outside = classes.find((one) => one < 0 || one > config.numClasses);
  if (outside !== undefined) {
    throw new RangeError(`class ${outside} is not in 0…${config.numClasses - 1}; ${config.numClasses} is "no class"`);
  }
  return batch;
}

function demandSize({ channels, height, width }: Images, { channels: read, imageSize }: DiffusionConfig): void {
  if (channels === read && height === imageSize.height && width === imageSize.width) return;
  const own = `${read}×${imageSize.height}×${imageSize.width}`;
  throw new RangeError(`the model denoises images of ${own}, and these are of ${channels}×${height}×${width}`);
}
