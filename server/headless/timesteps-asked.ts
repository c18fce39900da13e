import type { DiffusionBase } from "@/server/runtime/models/load-base-model";
import { demandSchedule } from "@/server/runtime/models/load-diffusion-base";
import { evenTimesteps } from "@/server/runtime/rows/noised-rows";
import { type Arguments, UsageError } from "./arguments";

/** The time steps at which a collection reads each image, of `--timesteps 20,350,900`. @throws UsageError for one that the model has not */
export function timestepsAsked(given: Arguments, base: DiffusionBase): readonly number[] {
  const { numTimesteps } = demandSchedule(base);
  const text = given.value("timesteps");
  if (text === undefined) return evenTimesteps(numTimesteps);
  const timesteps = text.split(",").map(Number);
  const bad = timesteps.find((timestep) => !Number.isInteger(timestep) || timestep < 0 || timestep >= numTimesteps);
  if (bad === undefined && new Set(timesteps).size === timesteps.length) return timesteps;
  throw new UsageError(`--timesteps takes different whole numbers in 0…${numTimesteps - 1} with commas between them, but is ${text}`);
}
