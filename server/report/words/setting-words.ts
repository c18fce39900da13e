import { adapterSettingNames, byMethod, methodOf } from "@/lib/contract/methods/methods";
import type { StoredRunConfig } from "@/lib/contract/run-config";
import { formatSetting } from "@/lib/numbers/format";

const names: Readonly<Record<string, string>> = {
  model: "Base model",
  data: "Data",
  "task.kind": "Task",
  "task.labels": "Classes",
  frozenDtype: "Frozen-weight compute dtype",
  "adapter.method": "Method",
  ...adapterSettingNames,
  "adapter.targets.modules": "Target modules",
  "adapter.targets.layers": "Layers",
  "data.mapping.kind": "Row format",
  "data.domains": "Domains",
  "data.useChatTemplate": "Chat template",
  "data.validationRows": "Held-out rows",
  "data.heldOutPart": "Half of the held-out rows",
  "data.heldOutOf": "Held out from",
  "data.evaluatedDomains": "Evaluated domains",
  "training.steps": "Steps",
  "training.stoppedAt": "Stopped at step",
  "training.batchRows": "Rows per step",
  "training.microBatchRows": "Rows per forward pass",
  "training.maxTokens": "Max tokens per row",
  "training.learningRate": "Learning rate",
  "training.schedule": "Schedule",
  "training.warmupFraction": "Warm-up, fraction of steps",
  "training.beta1": "AdamW β₁",
  "training.beta2": "AdamW β₂",
  "training.epsilon": "AdamW ε",
  "training.weightDecay": "Weight decay",
  "training.clipNorm": "Gradient norm clip",
  "training.shuffle": "Shuffle rows",
  "training.seed": "Seed",
  "training.evaluateEvery": "Steps between evaluations",
  "training.evaluationRows": "Evaluated rows",
  "training.checkpointEvery": "Steps between checkpoints",
  initAdapter: "Initial adapter",
  bakedEdits: "Edits baked in",
};

const values: Readonly<Record<string, string>> = { ...byMethod((method) => methodOf({ method }).longName), true: "yes", false: "no" };

/** What a setting is called; its path in the configuration where it has no name of its own. */
export function settingName(path: string): string {
  return names[path] ?? path;
}

/** A setting's value as a person writes it; a dash where there is none. */
export function settingValue(value: string | null): string {
  if (value === null || value === "") return "–";
  if (/^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(value)) return formatSetting(Number(value));
  return values[value] ?? value;
}

/** Settings in the order that a person asks about them; others after, by name. */
export function compareSettings(one: string, other: string): number {
  const placeOf = (path: string) => {
    const place = Object.keys(names).indexOf(path);
    return place < 0 ? Number.MAX_SAFE_INTEGER : place;
  };
  return placeOf(one) - placeOf(other) || (one < other ? -1 : one > other ? 1 : 0);
}

/** A configuration as settings by path, each as text; what is absent or null is left out. */
export function settingsOf(config: Partial<StoredRunConfig>): Map<string, string> {
  const settings = new Map<string, string>();
  flatten(config, "", settings);
  return settings;
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) into.set(path, value.map((one) => (typeof one === "object" ? JSON.stringify(one) : String(one))).join(", "));
  else if (typeof value === "object")
    for (const [key, part] of Object.entries(value)) flatten(part, path === "" ? key : `${path}.${key}`, into);
  else into.set(path, String(value));
}
