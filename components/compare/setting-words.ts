import { adapterSettingNames, byMethod, methodOf } from "@/lib/contract/methods/methods";
import { formatSetting } from "@/lib/numbers/format";

const names: Readonly<Record<string, string>> = {
  model: "Base model",
  data: "Data",
  bakedEdits: "Edits baked in",
  frozenDtype: "Frozen-weight compute dtype",
  "adapter.method": "Method",
  ...adapterSettingNames,
  "adapter.targets.modules": "Targets",
  "adapter.targets.layers": "Layers",
  "data.domains": "Domains",
  "data.useChatTemplate": "Chat template",
  "data.validationRows": "Held-out rows",
  "data.heldOutPart": "Half of the held-out rows",
  "training.steps": "Steps",
  "training.stoppedAt": "Stopped at step",
  "training.batchRows": "Rows a step",
  "training.microBatchRows": "Rows a forward pass",
  "training.maxTokens": "Tokens kept of a row",
  "training.learningRate": "Learning rate",
  "training.schedule": "Schedule",
  "training.warmupFraction": "Warm-up",
  "training.weightDecay": "Weight decay",
  "training.clipNorm": "Clip norm",
  "training.evaluateEvery": "Steps between evaluations",
  "training.evaluationRows": "Rows evaluated on",
  "training.checkpointEvery": "Steps between checkpoints",
  initAdapter: "Adapter it started from",
};

const values: Readonly<Record<string, string>> = { ...byMethod((method) => methodOf({ method }).longName), true: "yes" };

/** What a setting is called; its path in the configuration where it has no name of its own. */
export function settingName(path: string): string {
  return names[path] ?? path;
}

/** A setting's value as a person writes it; a dash where a side has none. */
export function settingValue(value: string | null): string {
  if (value === null) return "–";
  if (/^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(value)) return formatSetting(Number(value));
  return values[value] ?? value;
}

/** Settings in the order that a person asks about them; others after, as they come. */
export function compareSettings(one: string, other: string): number {
  return placeOf(one) - placeOf(other);
}

function placeOf(path: string): number {
  const place = Object.keys(names).indexOf(path);
  return place < 0 ? Number.MAX_SAFE_INTEGER : place;
}
