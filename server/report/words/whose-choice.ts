import { methodOf } from "@/lib/contract/methods/methods";
import type { RunMethod } from "@/lib/contract/run-config";

/** Who chose a setting: the paper on STAN prints it, it is a default of Stanscope, or it was set for this comparison. */
export type Choice = "paper" | "default" | "set" | "sweep";

export const choiceWords: Record<Choice, string> = {
  paper: "STAN paper",
  default: "Stanscope default (ours)",
  set: "set for this comparison (ours)",
  sweep: "selected by the sweep (ours)",
};

/** Defaults of Stanscope by path, as text; each method has those of its own settings. */
const defaults: Readonly<Record<string, string>> = {
  frozenDtype: "float32",
  "training.batchRows": "8",
  "training.maxTokens": "128",
  "training.schedule": "cosine",
  "training.warmupFraction": "0.06",
  "training.beta1": "0.9",
  "training.beta2": "0.999",
  "training.epsilon": "1e-8",
  "training.weightDecay": "0",
  "training.clipNorm": "1",
  "training.shuffle": "true",
};

/**
 * Whose choice a setting is.
 *
 * @param swept paths that the sweep chose among
 */
export function choiceOf(
  path: string,
  value: string,
  { method, swept }: { readonly method: RunMethod; readonly swept: ReadonlySet<string> },
): Choice {
  if (swept.has(path)) return "sweep";
  const own = methodOf({ method }).choices.find(({ key }) => path === `adapter.${key}`);
  const usual = own === undefined ? defaults[path] : String(own.value);
  const isUsual = usual !== undefined && (usual === value || Number(usual) === Number(value));
  return isUsual ? (own?.by ?? "default") : "set";
}
