import type { VisionArchitecture } from "./vision-architecture";
import { VISION_NAMES, visionOf } from "./vision-architectures";

/** The live model's name of a tensor or module. A prefix, such as PEFT's, stays. */
export function liveName(name: string, { respelled }: VisionArchitecture["stored"]): string {
  return respelled.reduce((spelled, [pattern, own]) => spelled.replace(pattern, own), name);
}

/**
 * Maps module names that adapters of a vision encoder have from transformers 4 to those of the live model in transformers 5.
 *
 * @param module any module of the live model
 * @returns undefined if the module is not of a vision encoder, or its names never changed
 */
export function toLiveNames(module: string): ((name: string) => string) | undefined {
  const found = VISION_NAMES.map(visionOf).find(({ names }) => module.startsWith(`${names.prefix}.`));
  if (found === undefined || found.stored.respelled.length === 0) return undefined;
  return (name) => liveName(name, found.stored);
}
