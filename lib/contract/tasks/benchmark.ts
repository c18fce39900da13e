import type { BenchmarkMetricName, GlueName } from "@/lib/contract/benchmark-names";
import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import { type GlueTask, glueTasks } from "@/lib/numbers/metrics/glue-tasks";

/** The metrics of a benchmark; the one that it is read by comes first. */
export type MetricNames = readonly [BenchmarkMetricName, ...BenchmarkMetricName[]];

/** What can be asked of a run's model over the rows of a benchmark. */
export type BenchmarkTaskOf<Asked extends { readonly kind: string }> = {
  /** In the list of what can be asked. */
  readonly choice: { readonly label: string; readonly title: string };
  /** In a sentence that begins with "it asks for". */
  readonly asks: string;
  /** In a line of facts; what was set follows it. */
  readonly summary: string;
  /** What was set, after the summary. */
  settings(asked: Asked): readonly string[];
  /** At the end of a benchmark's name that nobody gave. */
  readonly noun: string;
  /** Whether a row's answer is right or wrong, a number, or there is none. */
  readonly answers: "rightOrWrong" | "number" | "none";
  /** Whether a row's label is what a head is to predict. */
  readonly isLabelled: boolean;
  /** Whether its loss on general text measures forgetting. */
  readonly measuresForgetting: boolean;
  /** Whether a space separates the prompt and its answer, whatever they end and begin with. */
  readonly isSpaced: boolean;
  /** What the rows hold: texts, or prompts that are continued. */
  readonly text: "Text" | "Prompt";
  /** A row's loss. */
  readonly loss: { readonly name: string; readonly unit: string; readonly short: { readonly name: string; readonly unit: string } };
  readonly reference: BenchmarkReference;
  /** What the labels of GLUE's tasks of this kind are; null where there is none. */
  readonly glueTarget: GlueTask["target"]["kind"] | null;
  /** In the form; null where it is set up by its own fields. */
  readonly formNote: string | null;
  metrics(asked: Asked): MetricNames;
  /** Names of the classes that are asked for, by number; null where none are. */
  classes(asked: Asked): readonly string[] | null;
  /** Answers as numbers: of classes, or as they are written, NaN for none; null where they are text. */
  numbersOf(asked: Asked, answers: readonly (string | null)[]): Float64Array | null;
};

/** What a run is compared with, row by row. */
export type BenchmarkReference = {
  /** In a sentence. */
  readonly name: string;
  /** Beside "right with the run": "wrong without". */
  readonly beside: string;
  /** Heads of its column and of the run's. */
  readonly heads: { readonly base: "Base" | "Constant"; readonly run: "Adapter" | "Run" };
  /** What it is, where that is no base model; else null. */
  readonly note: string | null;
};

export const baseModel: BenchmarkReference = {
  name: "the base model",
  beside: "without",
  heads: { base: "Base", run: "Adapter" },
  note: null,
};

/** A base model has no head, so that a constant takes its place. */
export function baseline(name: string, note: string): BenchmarkReference {
  return { name, beside: `with ${name}`, heads: { base: "Constant", run: "Run" }, note: `A base model has no head. ${note}` };
}

export type AskedOf<Kind extends BenchmarkTask["kind"]> = Extract<BenchmarkTask, { kind: Kind }>;

/** The title of GLUE's task that the rows are of. */
export function glueTitle(name: GlueName | null): string[] {
  return name === null ? [] : [glueTasks[name].title];
}

/** What follows the metric that a benchmark is read by. */
export function readBy(first: BenchmarkMetricName, names: readonly BenchmarkMetricName[]): MetricNames {
  return [first, ...names.filter((name) => name !== first)];
}
