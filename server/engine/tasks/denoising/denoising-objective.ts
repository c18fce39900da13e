import type { NoiseSchedule } from "@/lib/contract/architectures/diffusion/noise-schedule";
import type { Trainable } from "@/server/engine/adapters/trainable";
import type { DiffusionModel, TargetedBatch } from "@/server/engine/models/diffusion/diffusion-model";
import { noising } from "@/server/engine/models/diffusion/noising";
import { noisyBatch } from "@/server/engine/models/diffusion/noisy-batch";
import type { Images } from "@/server/engine/models/images";
import { joinRows } from "@/server/engine/models/weights";
import type { Objective } from "@/server/engine/training/objective";
import { TrainingError } from "@/server/engine/training/training-error";
import { type DrawnNoise, drawNoise } from "./draw-noise";

/** An image to learn from, in the range that the model has, and its class. */
export type CleanRow = { readonly image: Images; readonly label: number };

export type DenoisingSettings = {
  readonly schedule: NoiseSchedule;
  /** The share of rows whose class is withheld, for classifier-free guidance (Ho and Salimans 2022). */
  readonly classDropout: number;
};

/** Where a row stands in the training: what is drawn for it hangs on nothing else. */
export type RowDraw = { readonly seed: number; readonly step: number; readonly place: number; readonly row: number };

/**
 * The mean squared error of what the model predicts of noisy images. Time step, noise and withheld class of a row are drawn anew in each step.
 *
 * @param draw in place of random numbers, by row
 * @throws TrainingError when a row does not fit the model
 */
export function denoisingObjective(
  model: DiffusionModel,
  trained: Trainable,
  rows: readonly CleanRow[],
  { schedule, classDropout }: DenoisingSettings,
  draw: (at: RowDraw, size: number) => DrawnNoise = (at, size) => drawNoise(at, size, schedule.numTimesteps, classDropout),
): Objective {
  const { config } = model;
  const addNoise = noising(schedule);
  const rowAt = (row: number) => rows[row] as CleanRow;
  const tokens = rows.map((row, at) => demandRow(model, row, at));

  function noisy(chosen: readonly number[], places: readonly number[], { seed, step }: Pick<RowDraw, "seed" | "step">): TargetedBatch {
    const drawn = chosen.map((row, i) => {
      const { image, label } = rowAt(row);
      const clean = image.pixels;
      const { timestep, noise, withholdsClass } = draw({ seed, step, place: places[i] as number, row }, clean.length);
      return { ...addNoise(clean, noise, timestep), label: withholdsClass ? config.numClasses : label };
    });
    const images = { ...rowAt(chosen[0] as number).image, pixels: joinRows(drawn.map(({ pixels }) => pixels)) };
    const timesteps = Float32Array.from(drawn, ({ timestep }) => timestep);
    const classes = Int32Array.from(drawn, ({ label }) => label);
    return { ...noisyBatch(images, { timesteps, classes }, config), targets: joinRows(drawn.map(({ target }) => target)) };
  }

  return {
    numRows: rows.length,
    parameters: trained.parameters(),
    sparseModules: trained.sparseModules,
    selectsOverBatch: trained.selectsOverBatch ?? false,
    nothingOf: "none of",
    tokensOf: (row) => tokens[row] as number,
    labelsOf: () => 1,
    lossAndGradients({ rows: chosen, recomputes, ...at }, weight, onKept) {
      const hooks = trained.trainingHooks((module, indices, pass) => onKept(module, indices, pass, undefined), at);
      return model.inParts.lossAndGradients(noisy(chosen.flat(), at.places, at), hooks, weight, { recomputes });
    },
    endStep: () => trained.endStep?.(),
    release: () => trained.release(),
  };
}

/** @returns its patches */
function demandRow({ config }: DiffusionModel, { image, label }: CleanRow, row: number): number {
  try {
    return noisyBatch(image, { timesteps: Float32Array.of(0), classes: Int32Array.of(label) }, config).tokens;
  } catch (cause) {
    throw new TrainingError("badRow", 0, `row ${row}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
