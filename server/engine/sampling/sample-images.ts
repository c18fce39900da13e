import type { NoiseSchedule } from "@/lib/contract/architectures/diffusion/noise-schedule";
import { type Arm, adapterHooks } from "@/server/engine/adapters/arms";
import type { DiffusionModel } from "@/server/engine/models/diffusion/diffusion-model";
import { mix } from "@/server/engine/models/diffusion/noising";
import { type NoisyBatch, noisyBatch } from "@/server/engine/models/diffusion/noisy-batch";
import type { Images } from "@/server/engine/models/images";
import { joinRows } from "@/server/engine/models/weights";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { samplerSteps } from "./sampler-steps";

export type SamplingRequest = {
  readonly schedule: NoiseSchedule;
  readonly steps: number;
  /** What each image begins with. */
  readonly noise: Images;
  /** Of each image. */
  readonly classes: Int32Array;
  /**
   * What all images run with, the base model when absent. Arms are compared by sampling each from the same noise: a product may round the rows of a pass
   * differently, so images are equal bit for bit only where they stand at one place of passes of one size.
   */
  readonly arm?: Arm | undefined;
  /** The first and last time step at which the arm's edits work, all when absent; at others the adapter runs as it is. */
  readonly editedTimesteps?: { readonly from: number; readonly to: number } | undefined;
  /** Classifier-free guidance (Ho and Salimans 2022): how far predictions move from those without a class; 1 leaves them as they are. */
  readonly guidance: number;
};

/** What a step made. */
export type SampledStep = {
  readonly timestep: number;
  /** After guidance; (rows, channels, height, width), as is x. */
  readonly predicted: Float32Array;
  readonly x: Float32Array;
};

/**
 * Samples images from noise, one pass of the model a step. With guidance a pass has each image twice, with its class and without: edits work in both.
 *
 * @returns each step once it is made, nothing between the parts of a pass, and the images at the end
 * @throws RangeError when noise or classes do not fit the model or each other, or the schedule has fewer steps
 */
export function* sampleImages(
  model: DiffusionModel,
  { schedule, steps, noise, classes, arm = {}, editedTimesteps, guidance }: SamplingRequest,
): Generator<SampledStep | undefined, Float32Array, void> {
  const { config } = model;
  if (!Number.isFinite(guidance)) throw new RangeError(`guidance is a number, and is ${guidance}`);
  const isGuided = guidance !== 1;
  const hooks = arm.adapter && adapterHooks(arm.adapter, arm);
  const unedited = arm.adapter && editedTimesteps && adapterHooks(arm.adapter, { ...arm, edits: [] });
  const isEdited = (timestep: number) =>
    editedTimesteps === undefined || (timestep >= editedTimesteps.from && timestep <= editedTimesteps.to);
  const told = isGuided ? joinClasses(classes, new Int32Array(classes.length).fill(config.numClasses)) : classes;

  function batchAt(x: Float32Array, timestep: number): NoisyBatch {
    const images = { ...noise, pixels: isGuided ? joinRows([x, x]) : x };
    return noisyBatch(images, { timesteps: new Float32Array(told.length).fill(timestep), classes: told }, config);
  }

  function* predict(x: Float32Array, timestep: number): InParts<Float32Array> {
    const predicted = yield* model.inParts.predict(batchAt(x, timestep), isEdited(timestep) ? hooks : unedited);
    if (!isGuided) return predicted;
    const [asked, plain] = [predicted.subarray(0, x.length), predicted.subarray(x.length)];
    return mix(plain, 1, mix(asked, 1, plain, -1), guidance);
  }

  let x = noise.pixels;
  for (const { timestep, next } of samplerSteps(schedule, steps)) {
    const predicted = yield* predict(x, timestep);
    x = next(x, predicted);
    yield { timestep, predicted, x };
  }
  return x;
}

function joinClasses(a: Int32Array, b: Int32Array): Int32Array {
  const joined = new Int32Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
