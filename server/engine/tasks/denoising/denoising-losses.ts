import type { NoiseSchedule } from "@/lib/contract/architectures/diffusion/noise-schedule";
import type { DiffusionModel } from "@/server/engine/models/diffusion/diffusion-model";
import { noising } from "@/server/engine/models/diffusion/noising";
import { noisyBatch } from "@/server/engine/models/diffusion/noisy-batch";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { joinRows } from "@/server/engine/models/weights";
import type { CleanRow } from "./denoising-objective";
import type { DrawnNoise } from "./draw-noise";

/** An image with the noise and time steps at which it is evaluated. */
export type EvaluatedImage = CleanRow & { draws(): readonly DrawnNoise[] };

/** The loss of an image at one time step. */
export type DrawLoss = { readonly timestep: number; readonly loss: number };

/**
 * The mean squared error of what a model predicts of each image at each of its draws, in their order. Yields how many are done after each pass, and
 * nothing between its parts.
 *
 * @param hooks of an adapter; the base model runs without
 * @param batchRows noisy images of a pass
 */
export function* denoisingLosses(
  model: DiffusionModel,
  images: readonly EvaluatedImage[],
  schedule: NoiseSchedule,
  hooks: ProjectionHooks | undefined,
  batchRows: number,
): Generator<number | undefined, DrawLoss[][], void> {
  const addNoise = noising(schedule);
  const losses: DrawLoss[][] = images.map(() => []);
  let waiting: (ReturnType<typeof addNoise> & { image: number; step: number })[] = [];
  let done = 0;

  function* pass() {
    const size = (images[0] as EvaluatedImage).image;
    const timesteps = Float32Array.from(waiting, ({ timestep }) => timestep);
    const classes = Int32Array.from(waiting, ({ image }) => (images[image] as EvaluatedImage).label);
    const pixels = joinRows(waiting.map((one) => one.pixels));
    const { channels, height, width } = size;
    const predicted = yield* model.inParts.predict(
      noisyBatch({ channels, height, width, pixels }, { timesteps, classes }, model.config),
      hooks,
    );
    waiting.forEach(({ target, image, step }, place) => {
      const loss = meanSquare(predicted.subarray(place * target.length, (place + 1) * target.length), target);
      losses[image]?.push({ timestep: step, loss });
    });
    done += waiting.length;
    waiting = [];
    return done;
  }

  for (const [image, row] of images.entries()) {
    const clean = row.image.pixels;
    for (const { noise, timestep } of row.draws()) {
      waiting.push({ ...addNoise(clean, noise, timestep), image, step: timestep });
      if (waiting.length === batchRows) yield yield* pass();
    }
  }
  if (waiting.length > 0) yield yield* pass();
  return losses;
}

function meanSquare(got: Float32Array, wanted: Float32Array): number {
  return got.reduce((sum, value, at) => sum + (value - (wanted[at] as number)) ** 2, 0) / got.length;
}
