import { frozenFormNames } from "@/lib/contract/frozen-form";
import { adapterSettingNames, byMethod, methodOf } from "@/lib/contract/methods/methods";
import { formatSetting } from "@/lib/numbers/format";

const names: Readonly<Record<string, string>> = {
  model: "Base model",
  data: "Dataset",
  "task.kind": "Task",
  "task.labels": "Classes",
  frozenDtype: "Frozen weights",
  "adapter.method": "Method",
  ...adapterSettingNames,
  "adapter.targets.modules": "Target modules",
  "adapter.targets.layers": "Layers",
  "data.mapping.kind": "Row format",
  "data.mapping.separator": "Separator",
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
  "training.recomputeBlocks": "Gradient checkpointing",
  "training.packing": "Packed rows",
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

const values: Readonly<Record<string, string>> = {
  ...byMethod((method) => methodOf({ method }).longName),
  ...frozenFormNames,
  true: "yes",
  false: "no",
};

/** The name of a setting; its path in the configuration if it has none. */
export function settingName(path: string): string {
  return names[path] ?? path;
}

/** A setting's value in words; a dash if a side has none. */
export function settingValue(value: string | null): string {
  if (value === null || value === "") return "–";
  if (/^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(value)) return formatSetting(Number(value));
  return values[value] ?? value;
}

/** Settings from the most to the least important; those without a name last, by path. */
export function compareSettings(one: string, other: string): number {
  return placeOf(one) - placeOf(other) || (one < other ? -1 : one > other ? 1 : 0);
}

function placeOf(path: string): number {
  const place = Object.keys(names).indexOf(path);
  return place < 0 ? Number.MAX_SAFE_INTEGER : place;
}
