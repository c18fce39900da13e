import type { z } from "zod";
import type { benchmarkTask } from "@/lib/contract/benchmark-task";
import type { Metric } from "@/lib/numbers/metrics/metric-names";

/** What a loss is called, and what it is given in: `cross-entropy`, `nats`, per `token`. */
export type LossWords = { readonly name: string; readonly unit: string; readonly per: "token" | "row" };

/** What an evaluation's loss is compared with. */
export type ReferenceWords = {
  /** As it is named beside its number. */
  readonly name: string;
  /** As reports and plots name it. */
  readonly kind: "base model" | "constant prediction";
  /** As benchmarks say what a run is compared with. */
  readonly compared: string;
  /** What it is, for who asks. */
  readonly says: string;
};

/** A task's head where only its files are known: loaded without its run, or imported. */
export type TaskHead<Settings> = {
  /** The `problem_type` that transformers writes into the configuration of such a model. */
  readonly problemType: string;
  /** Whether a head with this many scores learned this task, unless its files say otherwise. */
  isUsualOf(numLabels: number): boolean;
  /** Settings of a run whose head this is. @param labels names of its classes; none for a task without classes */
  learned(labels: readonly string[]): Settings;
};

/** A kind of task as pages, services and files know it. The engine's part is the folder of the same name in `server/engine/tasks`. */
export type TaskOf<Settings extends { readonly kind: string }> = {
  /** What a run learns before anything is chosen. */
  readonly initial: Settings;
  /** Whether the model continues text; otherwise it reads a row whole. */
  readonly continuesText: boolean;
  /** The head that answers; null where nothing but the model itself is needed. */
  readonly head: TaskHead<Settings> | null;
  /** What a model is trained to do: "to classify texts". */
  readonly aim: string;
  /** What the labels of its rows are; null where its rows have none. */
  readonly labels: "classes" | "numbers" | null;
  /** What a run's answers are; null where it gives text or images. */
  readonly answers: "classes" | "numbers" | null;
  /** Names of the classes that were chosen; null where there are none, or they are those of the training rows. */
  classes(settings: Settings): readonly string[] | null;
  readonly loss: LossWords;
  /** The loss of a training's evaluation, in a comparison. */
  readonly evaluationLoss: Metric;
  readonly reference: ReferenceWords;
  /** The same in a model card's table: the loss, and that of the reference. */
  readonly cardLosses: readonly [trained: string, reference: string];
  /** The metric of answers that stands beside the loss. */
  readonly metric: "accuracy" | "pearson" | null;
  /** As transformers loads such a model and the hub lists it. */
  readonly transformers: { readonly autoModel: string; readonly pipelineTag: string };
  /** What its head learns, in the form of a new run; null where the model's own is used. */
  headNote(settings: Settings): string | null;
  /** The task in a configuration's list of facts; undefined where it goes without saying. */
  facts(settings: Settings): string | undefined;
  /** Rows of a benchmark, at most, unless told: to classify a text is much faster than to continue it. */
  readonly benchmarkRows: number;
  /** What a benchmark of a run's own held-out rows asks. */
  ownBenchmark(settings: Settings): z.input<typeof benchmarkTask>;
};
