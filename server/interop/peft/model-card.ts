import { frozenFormNames } from "@/lib/contract/frozen-form";
import { hubOrigin } from "@/lib/contract/hub-origin";
import { columnsByRole } from "@/lib/contract/mapped-columns";
import { isLatentMethod, methodOf } from "@/lib/contract/methods/methods";
import type { ModulePattern } from "@/lib/contract/methods/module-pattern";
import type { AnswerMetric, EvaluationMetrics, RunRecord } from "@/lib/contract/run";
import type { AdapterConfig } from "@/lib/contract/run-config";
import { namedClasses, taskFacts, taskOf, tasks } from "@/lib/contract/tasks/tasks";
import { formatFixed, formatHalfWidth, formatInteger, formatPlural, formatSetting, formatSigned } from "@/lib/numbers/format";
import { metrics } from "@/lib/numbers/metrics/metric-names";
import { tooFewWords } from "@/lib/numbers/statistics/enough-examples";
import { benchmarksText, type MeasuredBenchmark } from "./model-card-benchmarks";
import { type CardModel, type Classes, usageText } from "./model-card-usage";

/** What a card is written from: a run as it is stored, and its base model where that is still installed. */
export type CardFacts = Pick<RunRecord, "run" | "config" | "imported" | "bakedEdits"> & {
  readonly model: CardModel | undefined;
  /** Of a classifier, where they are known. */
  readonly classes?: Classes | undefined;
  /** Those on which the adapter as it is was measured. */
  readonly benchmarks?: readonly MeasuredBenchmark[];
};

type Section = readonly [title: string, text: string];

/**
 * The model card of an exported adapter, or of exported weights (README.md), in the Hugging Face form: a YAML header, then sections. It states what is
 * stored of the run and what was measured, and nothing else.
 */
export function modelCard(facts: CardFacts): string {
  const sections: Section[] = [
    [isLatentMethod(facts.run.method) ? "Adapter" : "Weights", adapterText(facts)],
    ["Training", trainingText(facts)],
    ["Result", resultText(facts)],
    ...((facts.benchmarks ?? []).length === 0 ? [] : [["Benchmarks", benchmarksText(facts.benchmarks ?? [], plain)] as const]),
    ["Use in Python", usageText({ ...facts, method: facts.run.method, task: taskOf(facts.config), classes: facts.classes })],
    ["Limits", limitsText(facts)],
  ];
  const body = sections.map(([title, text]) => `## ${title}\n\n${text}\n`).join("\n");
  return `${header(facts)}\n# ${plain(facts.run.name)}\n\n${body}`;
}

function header({ run, model, config }: CardFacts): string {
  const hub = model && hubOrigin(model);
  const lines = [
    ...(hub === undefined ? [] : [`base_model: ${hub.id}`]),
    `library_name: ${isLatentMethod(run.method) ? "peft" : "transformers"}`,
    `pipeline_tag: ${tasks[taskOf(config).kind].transformers.pipelineTag}`,
    "tags:",
    `- ${run.method}`,
    "- stanscope",
  ];
  return `---\n${lines.join("\n")}\n---\n`;
}

function adapterText(facts: CardFacts): string {
  const { run, config, model, bakedEdits } = facts;
  const { adapter } = config;
  const hub = model && hubOrigin(model);
  const revision = hub?.commit ?? model?.revision;
  const rows: Section[] = [
    ["Base model", `${plain(hub?.id ?? run.modelName)}${revision === undefined ? "" : `, revision \`${plain(revision)}\``}`],
    ...methodRows(adapter),
    ...targetRows(adapter),
    ...taskRows(facts),
    ...(run.cost === null ? [] : [["Parameters", formatInteger(run.cost.trainableParameters)] as const]),
    ...(run.cost?.headParameters === undefined
      ? []
      : [["Head, trained in full", `${formatInteger(run.cost.headParameters)} parameters`] as const]),
  ];
  const parent = run.derivedFrom === null ? "a deleted run" : `“${plain(run.derivedFrom.name)}”`;
  const derived =
    bakedEdits === null
      ? ""
      : `\n\nDerived from the adapter of ${parent}, with ${formatPlural(bakedEdits.length, "latent edit")} baked into its matrices.`;
  return tableOf(rows) + derived;
}

function methodRows(adapter: AdapterConfig): Section[] {
  const method = methodOf(adapter);
  return [...method.card.rows(adapter), ...patterns(method.patternsOf(adapter))];
}

/** What an encoder's head gives; that a model generates text goes without saying. */
function taskRows({ config, classes }: CardFacts): Section[] {
  const task = taskOf(config);
  if (tasks[task.kind].answers !== "classes") {
    const facts = taskFacts(task);
    return facts === undefined ? [] : [["Task", facts]];
  }
  const known = classes ?? namedClasses(task) ?? undefined;
  if (known === undefined) return [["Task", "one class per text"]];
  return typeof known === "number"
    ? [["Task", `one of ${formatInteger(known)} classes per text`]]
    : [["Task", `one class per text: ${known.map(plain).join(", ")}`]];
}

function targetRows(adapter: AdapterConfig): Section[] {
  const targets = methodOf(adapter).targetsOf(adapter);
  if (targets === "none") return [];
  if (targets === "all") return [["Target modules", "all projections"]];
  const { modules, layers } = targets;
  return [
    ["Target modules", modules.map((name) => `\`${plain(name)}\``).join(", ")],
    ["Layers", layers === null ? "all" : layers.join(", ")],
  ];
}

function trainingText({ run, config, imported, bakedEdits }: CardFacts): string {
  const { training, data } = config;
  if (training === null) {
    const stated = Object.entries(imported?.stated ?? {}).map(
      ([name, value]): Section => [`${plain(name)}, as stated by its trainer`, plain(value)],
    );
    const steps: Section[] = run.step === 0 ? [] : [["Steps", formatInteger(run.step)]];
    const known = [...steps, ...stated];
    return `Trained elsewhere and imported; settings not listed are unknown.${known.length === 0 ? "" : `\n\n${tableOf(known)}`}`;
  }
  const rows: Section[] = [
    ["Data", `${plain(run.dataName)}${columnsText(data)}`],
    ...(data?.kind === "dataSet" && data.domains !== null ? [["Domains", data.domains.map(plain).join(", ")] as const] : []),
    ["Steps", run.step < training.steps ? `${formatInteger(run.step)} of ${formatInteger(training.steps)}` : formatInteger(training.steps)],
    ["Batch", `${formatInteger(training.batchRows)} rows of at most ${formatInteger(training.maxTokens)} tokens`],
    [
      "Optimizer",
      `AdamW, betas ${training.beta1} and ${training.beta2}, epsilon ${formatSetting(training.epsilon)}, weight decay ${formatSetting(training.weightDecay)}`,
    ],
    [
      "Learning rate",
      `${formatSetting(training.learningRate)}, ${training.schedule}${training.schedule === "constant" ? "" : `, warm-up over ${formatSetting(training.warmupFraction)} of the steps`}`,
    ],
    ["Gradient norm", training.clipNorm === null ? "not clipped" : `clipped at ${formatSetting(training.clipNorm)}`],
    ["Seed", String(training.seed)],
    ["Frozen weights", frozenFormNames[config.frozenDtype]],
  ];
  return `${bakedEdits === null ? "" : "Of the parent adapter; there was no training after the edits.\n\n"}${tableOf(rows)}`;
}

/** Which columns were read; of rows that were tokenised before, none. */
function columnsText(data: CardFacts["config"]["data"]): string {
  if (data?.kind !== "dataSet") return "";
  const columns = columnsByRole(data.mapping).map(([role, column]) => `${role} \`${plain(column)}\``);
  const separator = data.mapping.kind === "promptCompletion" ? data.mapping.separator : undefined;
  return `, columns ${columns.join(", ")}${separator === undefined ? "" : `, separator \`${plain(JSON.stringify(separator))}\``}`;
}

function resultText({ run, config, imported, benchmarks = [] }: CardFacts): string {
  const { latestEvaluation: evaluation } = run;
  if (evaluation === null) {
    const logged = imported?.evaluations.at(-1);
    if (logged === undefined) return benchmarks.length > 0 ? "Measured only on the benchmarks below." : "Not evaluated.";
    return `Its trainer logged an evaluation loss of ${formatFixed(logged.loss, 4)} at step ${formatInteger(logged.step)}, on unknown rows.${benchmarks.length > 0 ? "" : " There are no other measurements."}`;
  }
  const { step, loss, baseLoss, rows, labelTokens, difference, differenceHalfWidth } = evaluation;
  const { cardLosses } = tasks[taskOf(config).kind];
  if (evaluation.answers != null) return answerText(evaluation, evaluation.answers, { run, cardLosses });
  const interval =
    differenceHalfWidth === null
      ? ` (${tooFewWords(rows)})`
      : ` ${formatHalfWidth(differenceHalfWidth, 4)} (paired 95 % interval over rows)`;
  const table = tableOf([
    [cardLosses[0], formatFixed(loss, 4)],
    [cardLosses[1], formatFixed(baseLoss, 4)],
    ["Mean difference per row", `${formatSigned(difference, 4)}${interval}`],
  ]);
  return `On ${formatInteger(rows)} held-out rows (${formatInteger(labelTokens)} label tokens) of ${plain(run.dataName)}, at step ${formatInteger(step)}:\n\n${table}`;
}

/** Of a classifier: beside an answer that does not look at the text, for its base model has no trained head. */
function answerText(
  { step, loss, baseLoss, rows }: EvaluationMetrics,
  answers: readonly AnswerMetric[],
  { run, cardLosses: [trained, reference] }: Pick<CardFacts, "run"> & { readonly cardLosses: readonly [string, string] },
): string {
  const interval = ({ low, high }: AnswerMetric) =>
    low === null || high === null ? "" : ` (95 % interval ${formatFixed(low, 4)} to ${formatFixed(high, 4)})`;
  const constant = (metric: AnswerMetric) => (metric.constant === null ? "" : `; most common class ${formatFixed(metric.constant, 4)}`);
  const table = tableOf([
    ...answers.map(
      (metric): Section => [
        metrics[metric.name].label,
        metric.value === null ? "not defined" : `${formatFixed(metric.value, 4)}${interval(metric)}${constant(metric)}`,
      ],
    ),
    [trained, formatFixed(loss, 4)],
    [reference, formatFixed(baseLoss, 4)],
  ]);
  return `On ${formatInteger(rows)} held-out rows of ${plain(run.dataName)}, at step ${formatInteger(step)}:\n\n${table}`;
}

function limitsText({ run }: CardFacts): string {
  return `${methodOf(run).card.merging} It is for this base model only and has not been tested with others.`;
}

function patterns(named: Readonly<Record<string, ModulePattern | undefined>>): Section[] {
  return Object.entries(named).flatMap(([name, pattern]) =>
    Object.entries(pattern ?? {}).map(([key, value]): Section => [`${name} of \`${plain(key)}\``, formatSetting(value)]),
  );
}

function tableOf(rows: readonly Section[]): string {
  return ["| | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}

/** Text of a person's, on one line and without what Markdown would read as a cell's end or as its own tags. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("`", "'");
}
