import { peftTensors } from "@/lib/contract/methods/methods";
import { modelPrefix, sharedPrefix } from "@/server/files/adapters/adapter-folder";

const saved = /^(.*)\.modules_to_save\.\w+\.(.+)$/;

/**
 * The name that PEFT's `save_pretrained` gives a tensor, from the forms that other savers use: with the adapter's own name in it
 * (`….lora_A.default.weight`, `classifier.modules_to_save.default.weight`, as in a model's state) or without `base_model.model.`.
 */
export function canonicalName(name: string): string {
  const whole = name.startsWith(modelPrefix) ? name : `${modelPrefix}${name}`;
  const parts = whole.split(".");
  for (const { key, isShared } of peftTensors) {
    const [stem = "", ...end] = key.split(".");
    const at = parts.lastIndexOf(stem);
    if (at > 0 && isEnd(parts.slice(at + 1), end))
      return isShared === true ? `${sharedPrefix}${key}` : [...parts.slice(0, at), key].join(".");
  }
  const [, module, parameter] = saved.exec(whole) ?? [];
  return module === undefined ? whole : `${module}.${parameter}`;
}

/** Whether a name ends as PEFT's does, with or without the adapter's own name before it; a bare parameter may have `weight` after it. */
function isEnd(parts: readonly string[], end: readonly string[]): boolean {
  const rest = parts.at(-1) === "weight" ? parts.slice(0, -1) : parts;
  const isWhole = end.length === 0 || rest.length < parts.length;
  return isWhole && (rest.length === 0 || (rest.length === 1 && /^\w+$/.test(rest[0] ?? "")));
}
