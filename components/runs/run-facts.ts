import { pagesOf } from "@/components/methods/methods";
import { frozenFormNames } from "@/lib/contract/frozen-form";
import { adapterSettingNames, methodOf } from "@/lib/contract/methods/methods";
import type { ModulePattern } from "@/lib/contract/methods/module-pattern";
import type { Targets } from "@/lib/contract/methods/targets";
import type { AdapterConfig, RunConfig, StoredRunConfig } from "@/lib/contract/run-config";
import { type RunTask, taskFacts, taskOf } from "@/lib/contract/tasks/tasks";
import { formatInteger, formatPercent, formatPlural, formatSetting } from "@/lib/numbers/format";

type Entry = readonly [name: string, value: string];

/** The configuration in the order a person asks about it; what stands at its default and changes nothing is left out. */
export function configurationEntries(config: StoredRunConfig): Entry[] {
  const { adapter, training, data, frozenDtype } = config;
  return [
    ...taskEntries(taskOf(config)),
    ...adapterEntries(adapter),
    ...(training === null ? [unknownTraining, frozenEntry(frozenDtype)] : trainingEntries({ training, frozenDtype })),
    ...(data === null ? [["Dataset", "unknown"] as const] : dataEntries({ data, task: config.task }, training === null)),
  ];
}

function taskEntries(task: RunTask): Entry[] {
  const facts = taskFacts(task);
  return facts === undefined ? [] : [["Task", facts]];
}

/** Of a run that was trained elsewhere. */
const unknownTraining: Entry = ["Training", "elsewhere; settings unknown"];

function frozenEntry(frozenDtype: RunConfig["frozenDtype"]): Entry {
  return ["Frozen weights", frozenFormNames[frozenDtype]];
}

function adapterEntries(adapter: AdapterConfig): Entry[] {
  const method = methodOf(adapter);
  return [
    ["Method", method.nameOf(adapter)],
    ...pagesOf(adapter).facts(adapter),
    ...patternEntries(method.patternsOf(adapter)),
    ...targetEntries(method.targetsOf(adapter)),
  ];
}

function targetEntries(targets: Targets | "all" | "none"): Entry[] {
  if (targets === "none") return [];
  if (targets === "all") return [["Targets", "all projections"]];
  const { modules, layers } = targets;
  return [["Targets", modules.join(", ")], ...(layers ? [["Layers", layers.join(", ")] as const] : [])];
}

/** Sizes that some modules have of their own. */
function patternEntries(patterns: Readonly<Record<string, ModulePattern | undefined>>): Entry[] {
  return Object.entries(patterns).flatMap(([name, pattern]) =>
    Object.entries(pattern ?? {}).map(
      ([key, value]): Entry => [`${adapterSettingNames[`adapter.${name}`] ?? name} of ${key}`, formatSetting(value)],
    ),
  );
}

function trainingEntries({ training, frozenDtype }: Pick<RunConfig, "training" | "frozenDtype">): Entry[] {
  return [
    ["Optimizer", `AdamW, decay ${formatSetting(training.weightDecay)}`],
    ["Learning rate", formatSetting(training.learningRate)],
    [
      "Schedule",
      training.warmupFraction > 0 ? `${training.schedule}, ${formatPercent(training.warmupFraction)} warm-up` : training.schedule,
    ],
    ["Gradient norm", training.clipNorm === null ? "not clipped" : `clipped at ${formatSetting(training.clipNorm)}`],
    ["Batch", `${formatInteger(training.batchRows)} × ${formatInteger(training.maxTokens)} tokens`],
    ...(training.packing === true ? [["Packing", "several rows of the data in each"] as const] : []),
    ...(training.microBatchRows === null ? [] : [["Micro-batch", formatPlural(training.microBatchRows, "row")] as const]),
    ...(training.recomputeBlocks === true ? [["Gradient checkpointing", "by block"] as const] : []),
    ["Steps", formatInteger(training.steps)],
    ["Seed", String(training.seed)],
    frozenEntry(frozenDtype),
  ];
}

/** @param isForReading whether the rows are for collections and evaluations alone */
function dataEntries({ data, task }: Pick<RunConfig, "data" | "task">, isForReading: boolean): Entry[] {
  if (data.kind === "tokenRows") return [["Rows", "tokenised beforehand"]];
  const { mapping } = data;
  const columns: Record<typeof mapping.kind, string> = {
    text: "text, all of it",
    promptCompletion: "completion alone",
    instruction: "output alone",
    messages: "assistant's turns",
    labelled: "label of each row",
    labelledImage: task?.kind === "denoising" ? "all values of each image" : "label of each image",
  };
  return [
    ...(isForReading ? [["Dataset", "for collections and evaluations; training dataset unknown"] as const] : []),
    ["Loss on", columns[mapping.kind]],
    ...(mapping.kind === "promptCompletion" && mapping.separator !== undefined
      ? [["Separator", `${JSON.stringify(mapping.separator)}, without loss`] as const]
      : []),
    ...(data.useChatTemplate ? [["Chat template", "the model's"] as const] : []),
    ...(data.domains ? [["Domains", data.domains.join(", ")] as const] : []),
  ];
}
