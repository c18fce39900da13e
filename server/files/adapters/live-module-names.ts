import { toLiveNames } from "@/lib/contract/architectures/vision/live-names";
import type { AdapterConfigFile } from "@/lib/contract/methods/methods";
import { FileError } from "@/server/files/file-error";
import type { SafetensorsFile } from "@/server/files/weights/safetensors";

/** What is read of an adapter's weights. */
export type AdapterTensorFile = Pick<SafetensorsFile, "names" | "shape" | "read">;

type Stored = { readonly file: AdapterTensorFile; readonly config: AdapterConfigFile };

/**
 * Renames the modules of an adapter that was trained with transformers 4, such as `vit.encoder.layer.0.attention.attention.query`, as the live
 * model of transformers 5 has them. Its targets become the full names of its modules. Any other adapter stays as it is.
 *
 * @param modules those that the file adapts
 * @param base the modules of the base model
 * @throws FileError if settings of single modules use the old names
 */
export function withLiveModules(path: string, { file, config }: Stored, modules: () => Iterable<string>, base: Iterable<string>): Stored {
  const [first = ""] = base;
  const toLive = toLiveNames(first);
  if (toLive === undefined) return { file, config };
  const targets = [...modules()].map(toLive);
  const stored = new Map(file.names().map((name) => [toLive(name), name]));
  if ([...stored].every(([live, own]) => live === own)) return { file, config };
  const [pattern] = Object.entries(config).filter(([key, value]) => key.endsWith("_pattern") && isFilled(value));
  if (pattern !== undefined) {
    throw new FileError(
      "invalid",
      path,
      `names modules as transformers 4 does, and ${pattern[0]} too; rename the modules in both as transformers 5 does`,
    );
  }
  const own = (name: string) => stored.get(name) ?? name;
  return {
    file: { names: () => [...stored.keys()], shape: (name) => file.shape(own(name)), read: (name) => file.read(own(name)) },
    config: { ...config, target_modules: targets, exclude_modules: null, layers_to_transform: null, layers_pattern: null },
  };
}

function isFilled(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}
