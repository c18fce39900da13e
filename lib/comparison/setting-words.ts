import { rowFormatNames } from "@/lib/contract/data-set";
import { frozenFormNames } from "@/lib/contract/frozen-form";
import { adapterSettingNames, byMethod, methodOf } from "@/lib/contract/methods/methods";
import { formatSetting } from "@/lib/numbers/format";

const names: Readonly<Record<string, string>> = {
  model: "Base model",
  data: "Dataset",
  "task.kind": "Task",
  "task.labels": "Classes",
  "task.classDropout": "Class dropout",
  "task.evaluationDraws": "Draws per evaluated image",
  frozenDtype: "Frozen weights",
  "adapter.method": "Method",
  ...adapterSettingNames,
  "adapter.targets": "Target modules",
  "adapter.targets.modules": "Target modules",
  "adapter.targets.layers": "Layers",
  "data.kind": "Rows",
  "data.validationPath": "File of held-out rows",
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

/** Values that are words in the configuration alone, by the setting's path: a column may have the same name. */
const valuesAt: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "data.kind": { dataSet: "of a dataset", tokenRows: "tokenised beforehand" },
  "data.mapping.kind": rowFormatNames,
  "adapter.init": { zero: "E Kaiming, D zero", small: "E Kaiming, D small" },
};

const values: Readonly<Record<string, string>> = {
  ...byMethod((method) => methodOf({ method }).longName),
  ...frozenFormNames,
  true: "yes",
  false: "no",
};

/** Sizes of single modules, by regular expression: which setting they stand in for. */
const patterned: Readonly<Record<string, string>> = {
  latentsPattern: "numLatents",
  kPattern: "k",
  rankPattern: "rank",
  alphaPattern: "alpha",
};

/** The name of a setting; its path in the configuration if it has none. */
export function settingName(path: string): string {
  const [, pattern = "", modules] = /^adapter\.(\w+Pattern)\.(.+)$/.exec(path) ?? [];
  if (modules !== undefined) return `${names[`adapter.${patterned[pattern]}`] ?? pattern} of ${modules}`;
  const [, role] = /^data\.mapping\.(\w+)$/.exec(path) ?? [];
  return names[path] ?? (role === undefined ? path : `Column of ${columns[role] ?? role}`);
}

/** What a column holds, where its role is not a word. */
const columns: Readonly<Record<string, string>> = {
  domain: "domains",
  split: "splits",
  label: "labels",
  image: "images",
  second: "second texts",
};

/** The value of the setting of that path in words; a dash if a side has none. */
export function settingValue(path: string, value: string | null): string {
  if (value === null || value === "") return "–";
  if (/^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(value)) return formatSetting(Number(value));
  return valuesAt[path]?.[value] ?? values[value] ?? value;
}

/** Settings from the most to the least important; those without a name last, by path. */
export function compareSettings(one: string, other: string): number {
  return placeOf(one) - placeOf(other) || (one < other ? -1 : one > other ? 1 : 0);
}

function placeOf(path: string): number {
  const place = Object.keys(names).indexOf(path);
  return place < 0 ? Number.MAX_SAFE_INTEGER : place;
}
