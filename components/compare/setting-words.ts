import { adapterSettingNames, byMethod, methodOf } from "@/lib/contract/methods/methods";
import { formatSetting } from "@/lib/numbers/format";

const names: Readonly<Record<string, string>> = {
  model: "Base model",
  data: "Dataset",
  bakedEdits: "Edits baked in",
  frozenDtype: "Frozen-weight compute dtype",
  "adapter.method": "Method",
  ...adapterSettingNames,
  "adapter.targets.modules": "Targets",
  "adapter.targets.layers": "Layers",
  "data.domains": "Domains",
  "data.useChatTemplate": "Chat template",
  "data.validationRows": "Held-out rows",
  "data.heldOutPart": "Held-out half",
  "training.steps": "Steps",
  "training.stoppedAt": "Stopped at step",
  "training.batchRows": "Batch, rows",
  "training.microBatchRows": "Micro-batch, rows",
  "training.maxTokens": "Max tokens per row",
  "training.learningRate": "Learning rate",
  "training.schedule": "Schedule",
  "training.warmupFraction": "Warm-up",
  "training.weightDecay": "Weight decay",
  "training.clipNorm": "Clip norm",
  "training.evaluateEvery": "Evaluate every, steps",
  "training.evaluationRows": "Evaluation rows",
  "training.checkpointEvery": "Checkpoint every, steps",
  initAdapter: "Initial adapter",
};

const values: Readonly<Record<string, string>> = { ...byMethod((method) => methodOf({ method }).longName), true: "yes" };

/** The name of a setting; its path in the configuration if it has none. */
export function settingName(path: string): string {
  return names[path] ?? path;
}

/** A setting's value in words; a dash if a side has none. */
export function settingValue(value: string | null): string {
  if (value === null) return "–";
  if (/^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(value)) return formatSetting(Number(value));
  return values[value] ?? value;
}

/** Settings from the most to the least important; others follow in their own order. */
export function compareSettings(one: string, other: string): number {
  return placeOf(one) - placeOf(other);
}

function placeOf(path: string): number {
  const place = Object.keys(names).indexOf(path);
  return place < 0 ? Number.MAX_SAFE_INTEGER : place;
}
