import type { NoiseSchedule } from "@/lib/contract/architectures/diffusion/noise-schedule";
import { Random } from "@/lib/numbers/random";
import { joinRows } from "@/server/engine/models/weights";
import { type SampledStep, type SamplingRequest, sampleImages } from "@/server/engine/sampling/sample-images";
import { madeImage } from "@/server/files/images/made-image";
import type { Pixels } from "@/server/files/images/pixels";
import { diffusionInput } from "@/server/runtime/models/diffusion-input";
import type { DiffusionBase } from "@/server/runtime/models/load-base-model";

/** Keeps these numbers apart from those of training, evaluation and collections. */
const OF_SAMPLING = -5;

/** The classes of images that one pass makes, and where the first stands among those of its seed. */
export type PassOfImages = { readonly classes: readonly number[]; readonly from: number; readonly seed: number };

export type SamplerSettings = Omit<SamplingRequest, "noise" | "classes"> & { readonly schedule: NoiseSchedule };

/** Images as 8-bit values. The noise of each depends on the seed and its place alone. */
export function* imagesFromNoise(
  base: DiffusionBase,
  settings: SamplerSettings,
  { classes, from, seed }: PassOfImages,
): Generator<SampledStep | undefined, Pixels[], void> {
  const size = { ...base.model.config.imageSize, channels: diffusionInput(base).channels };
  const length = size.channels * size.height * size.width;
  const pixels = joinRows(classes.map((_, i) => Random.ofNumbers([seed, from + i, OF_SAMPLING]).normals(length)));
  const made = yield* sampleImages(base.model, { ...settings, noise: { ...size, pixels }, classes: Int32Array.from(classes) });
  return classes.map((_, i) => madeImage(made.subarray(i * length, (i + 1) * length), size));
}
