import { modelPrefix } from "@/server/files/adapters/adapter-folder";

const matrix = /^(.*\.(?:lora_[AB]|stan_[ED]))(?:\.\w+)?\.weight$/;
const magnitude = /^(.*\.lora_magnitude_vector)(?:\.\w+)?(?:\.weight)?$/;
const saved = /^(.*)\.modules_to_save\.\w+\.(.+)$/;

/**
 * The name that PEFT's `save_pretrained` gives a tensor, from the forms that other savers use: with the adapter's own name in it
 * (`….lora_A.default.weight`, `classifier.modules_to_save.default.weight`, as in a model's state) or without `base_model.model.`.
 */
export function canonicalName(name: string): string {
  const whole = name.startsWith(modelPrefix) ? name : `${modelPrefix}${name}`;
  const [, ofMatrix] = matrix.exec(whole) ?? [];
  if (ofMatrix !== undefined) return `${ofMatrix}.weight`;
  const [, ofMagnitude] = magnitude.exec(whole) ?? [];
  if (ofMagnitude !== undefined) return ofMagnitude;
  const [, module, parameter] = saved.exec(whole) ?? [];
  return module === undefined ? whole : `${module}.${parameter}`;
}
