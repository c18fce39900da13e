import type { MergedSizes } from "@/lib/contract/methods/method";
import { type AdapterConfigFile, methodOfFile } from "@/lib/contract/methods/methods";
import { targetTest } from "./adapter-targets";

/**
 * The file of an adapter that others were merged into. Its targets are the first's where those name the very same modules, else every module by its whole
 * name.
 *
 * @param modules of the merged adapter, by name
 * @param names of all projections of the base model
 */
export function mergedConfig(
  first: AdapterConfigFile,
  modules: ReadonlyMap<string, MergedSizes>,
  names: readonly string[],
): AdapterConfigFile {
  const { merged } = methodOfFile(first).peft;
  if (merged === undefined) throw new Error(`${first.peft_type} adapters cannot be merged`);
  const file: AdapterConfigFile = merged(first, modules);
  const isTarget = targetTest(first);
  if (names.every((name) => isTarget(name) === modules.has(name))) return file;
  const byName = { target_modules: [...modules.keys()], exclude_modules: null, layers_to_transform: null, layers_pattern: null };
  return { ...file, ...byName };
}
