import { join } from "node:path";
import { type NoiseSchedule, parseNoiseSchedule } from "@/lib/contract/architectures/diffusion/noise-schedule";
import type { DiffusionModel } from "@/server/engine/models/diffusion/diffusion-model";
import { loadDiffusionModel } from "@/server/engine/models/diffusion/load-diffusion";
import type { FrozenForm } from "@/server/engine/models/weights";
import { asInvalidFile, FileError } from "@/server/files/file-error";
import { openDiffusion } from "@/server/files/weights/diffusion-folder";
import { entryCount } from "@/server/files/weights/weight-source";

/** A model that denoises images, with what its folder says besides the weights. */
export type DiffusionPart = {
  readonly kind: "diffusion";
  readonly model: DiffusionModel;
  /** How noise is added and taken away; null where the folder does not say. */
  readonly schedule: NoiseSchedule | null;
  /** Names of each class, in the order of their numbers; null where the folder names none. */
  readonly classes: readonly (readonly string[])[] | null;
  readonly hasAutoencoder: boolean;
  readonly tokenizer: null;
};

/**
 * Reads a diffusion transformer from diffusers' layout into the engine.
 *
 * @throws FileError naming the file and what is wrong with it
 */
export function loadDiffusionBase(
  path: string,
  frozen: FrozenForm,
): DiffusionPart & { readonly path: string; readonly parameters: number } {
  const { config, scheduler, weights, classes, hasAutoencoder } = openDiffusion(path);
  try {
    const schedule = scheduler === undefined ? null : parseNoiseSchedule(scheduler);
    const model = loadDiffusionModel(config, weights, frozen);
    if (classes !== null && classes.length !== model.config.numClasses) {
      model.free();
      throw new FileError(
        "invalid",
        join(path, "model_index.json"),
        `id2label names ${classes.length} classes, but the model has ${model.config.numClasses}`,
      );
    }
    const parameters = weights.names().reduce((sum, name) => sum + entryCount(weights.shape(name)), 0);
    return { kind: "diffusion", path, parameters, model, schedule, classes, hasAutoencoder, tokenizer: null };
  } catch (error) {
    throw asInvalidFile(path, error);
  } finally {
    weights.close();
  }
}

/** @throws FileError where the folder does not say how noise is added */
export function demandSchedule({ path, schedule }: { readonly path: string; readonly schedule: NoiseSchedule | null }): NoiseSchedule {
  if (schedule !== null) return schedule;
  const file = join(path, "scheduler", "scheduler_config.json");
  throw new FileError(
    "notFound",
    file,
    "no such file; it says how noise is added and what the model predicts: copy it from the checkpoint",
  );
}
