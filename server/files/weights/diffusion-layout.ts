import { existsSync } from "node:fs";
import { join } from "node:path";
import { readJsonObject } from "@/server/files/json-file";

/** What a pipeline of diffusers consists of. */
export const PIPELINE = "model_index.json";

/** Why such a model is not read as one of transformers. */
export const diffusionRefusal = "is a diffusion model, which makes images: use the commands train, evaluate, collect and sample";

/** Whether a folder holds a model in diffusers' layout, rather than one of transformers. */
export function isDiffusionFolder(path: string): boolean {
  if (existsSync(join(path, PIPELINE)) || existsSync(join(path, "transformer", "config.json"))) return true;
  const config = join(path, "config.json");
  return existsSync(config) && "_class_name" in readJsonObject(config);
}
