import { join } from "node:path";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { modelPrefix, weightsName } from "./adapter-folder";

const reading = /\.(?:stan_E|lora_A)\.weight$/;

/**
 * How many latents, or rank components of LoRA, each module of an adapter folder has. Only the file's header is read.
 *
 * @throws FileError when there is no file, or it is damaged
 */
export function readAdapterSizes(folder: string): Map<string, number> {
  const file = openSafetensors(join(folder, weightsName));
  try {
    const names = file.names().filter((name) => name.startsWith(modelPrefix) && reading.test(name));
    return new Map(names.map((name) => [name.slice(modelPrefix.length).replace(reading, ""), file.shape(name)[0] ?? 0]));
  } finally {
    file.close();
  }
}
