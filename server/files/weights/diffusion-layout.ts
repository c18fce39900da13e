import { existsSync } from "node:fs";
import { join } from "node:path";
import { readJsonObject } from "@/server/files/json-file";

/** What a pipeline of diffusers consists of. */
export const PIPELINE = "model_index.json";

/** Why the application does not take such a model, and what does. */
export const diffusionRefusal =
  "is a diffusion model, which the application does not take: use the commands train, evaluate, collect and sample (npm run -s stanscope -- sample --help)";

/** Whether a folder holds a model in diffusers' layout, rather than one of transformers. */
export function isDiffusionFolder(path: string): boolean {
  if (existsSync(join(path, PIPELINE)) || existsSync(join(path, "transformer", "config.json"))) return true;
  const config = join(path, "config.json");
  return existsSync(config) && "_class_name" in readJsonObject(config);
}
