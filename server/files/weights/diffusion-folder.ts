import { existsSync } from "node:fs";
import { join } from "node:path";
import { FileError } from "@/server/files/file-error";
import { readJsonObject } from "@/server/files/json-file";
import { openShards } from "./checkpoint-folder";
import type { WeightSource } from "./weight-source";

/** A diffusion model as diffusers stores it. */
export type DiffusionCheckpoint = {
  readonly config: Readonly<Record<string, unknown>>;
  /** `scheduler_config.json` of a pipeline, or beside the model; undefined where there is none. */
  readonly scheduler: Readonly<Record<string, unknown>> | undefined;
  readonly weights: WeightSource;
  readonly bytes: number;
};

const FILES = {
  single: "diffusion_pytorch_model.safetensors",
  index: "diffusion_pytorch_model.safetensors.index.json",
  pickle: "diffusion_pytorch_model.bin",
};

/**
 * Opens a pipeline's folder (`transformer/`, `scheduler/`) or the folder of its transformer alone. The caller closes `weights`.
 *
 * @throws FileError naming the file that is missing or at fault
 */
export function openDiffusion(path: string): DiffusionCheckpoint {
  const inPipeline = join(path, "transformer");
  const folder = existsSync(join(inPipeline, "config.json")) ? inPipeline : path;
  const config = readJsonObject(join(folder, "config.json"));
  if (typeof config["_class_name"] !== "string") {
    throw new FileError("invalid", join(folder, "config.json"), 'is missing the key "_class_name"');
  }
  const schedulers = [join(path, "scheduler", "scheduler_config.json"), join(folder, "scheduler_config.json")];
  const found = schedulers.find((file) => existsSync(file));
  const scheduler = found === undefined ? undefined : readJsonObject(found);
  return { config, scheduler, ...openShards(folder, FILES) };
}
