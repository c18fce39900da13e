import { join } from "node:path";
import { peftTensors } from "@/lib/contract/methods/methods";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { modelPrefix, weightsName } from "./adapter-folder";

/** Ends of the names of those tensors that are as tall as there are latents. */
const readings = peftTensors.filter(({ shape, isShared }) => shape[0] === "latents" && isShared !== true).map(({ key }) => `.${key}`);

/**
 * How many latents, or rank components of LoRA, each module of an adapter folder has. Only the file's header is read.
 *
 * @throws FileError when there is no file, or it is damaged
 */
export function readAdapterSizes(folder: string): Map<string, number> {
  const file = openSafetensors(join(folder, weightsName));
  try {
    const named = file.names().flatMap((name): [string, number][] => {
      const ending = readings.find((one) => name.endsWith(one));
      if (ending === undefined || !name.startsWith(modelPrefix)) return [];
      return [[name.slice(modelPrefix.length, -ending.length), file.shape(name)[0] ?? 0]];
    });
    return new Map(named);
  } finally {
    file.close();
  }
}
