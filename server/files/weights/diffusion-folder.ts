import { existsSync } from "node:fs";
import { join } from "node:path";
import { FileError } from "@/server/files/file-error";
import { isJsonObject, readJsonObject } from "@/server/files/json-file";
import { openShards } from "./checkpoint-folder";
import { PIPELINE } from "./diffusion-layout";
import type { WeightSource } from "./weight-source";

/** A diffusion model as diffusers stores it. */
export type DiffusionCheckpoint = {
  readonly config: Readonly<Record<string, unknown>>;
  /** `scheduler_config.json` of a pipeline, or beside the model; undefined where there is none. */
  readonly scheduler: Readonly<Record<string, unknown>> | undefined;
  /** Names of the classes in the order of their numbers, one or several each, of a pipeline's `id2label`; null where there are none. */
  readonly classes: readonly (readonly string[])[] | null;
  /** Whether what is denoised are the latents of an autoencoder, which is beside the model. */
  readonly hasAutoencoder: boolean;
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
  // An uploaded pipeline has all of its files side by side.
  if (folder === path && existsSync(join(path, PIPELINE)) && !existsSync(join(path, "config.json"))) {
    throw new FileError("invalid", path, "is a pipeline without transformer/config.json; only diffusion transformers are supported");
  }
  const config = readJsonObject(join(folder, "config.json"));
  if (typeof config["_class_name"] !== "string") {
    throw new FileError("invalid", join(folder, "config.json"), 'is missing the key "_class_name"');
  }
  const schedulers = [join(path, "scheduler", "scheduler_config.json"), join(folder, "scheduler_config.json")];
  const found = schedulers.find((file) => existsSync(file));
  const scheduler = found === undefined ? undefined : readJsonObject(found);
  const beside = { classes: readClassNames(path), hasAutoencoder: existsSync(join(path, "vae")) };
  return { config, scheduler, ...beside, ...openShards(folder, FILES) };
}

/** A class can have several names, with commas between them, as diffusers' DiTPipeline reads them. */
function readClassNames(path: string): string[][] | null {
  const file = join(path, PIPELINE);
  const names = existsSync(file) ? readJsonObject(file)["id2label"] : undefined;
  if (names === undefined || names === null) return null;
  const found = isJsonObject(names) ? Object.keys(names).map((_, number) => names[String(number)]) : [];
  if (found.length === 0 || !found.every((name) => typeof name === "string")) {
    throw new FileError("invalid", file, "id2label does not name the classes 0, 1, 2, …");
  }
  return found.map((name) => name.split(",").map((one) => one.trim()));
}
