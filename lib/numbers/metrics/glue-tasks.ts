import { accuracyOver, f1Over, macroF1Over, matthewsOver } from "./classification";
import { pearsonOver, spearmanOver } from "./correlation";
import type { MetricName } from "./metric-names";
import type { SampleMetric } from "./sample-metric";

export type GlueTaskName = "cola" | "sst2" | "mrpc" | "stsb" | "qqp" | "mnli" | "qnli" | "rte" | "wnli";

/** A metric of predictions, one class (or score) an example. */
export type GlueMetric = Extract<MetricName, "accuracy" | "f1" | "macroF1" | "matthews" | "pearson" | "spearman">;

export type GlueTask = {
  readonly title: string;
  /** The text columns, in the order in which the model reads them: one sentence, or a pair. */
  readonly columns: readonly [string] | readonly [string, string];
  /** Names of the classes, by their number in the data; a score between two bounds for regression. */
  readonly target:
    | { readonly kind: "classes"; readonly names: readonly string[] }
    | { readonly kind: "score"; readonly range: readonly [number, number] };
  /** Labelled splits to evaluate on, each reported apart. Test splits of GLUE have no public labels. */
  readonly splits: readonly string[];
  /** The first is the one that the LoRA paper reports (Hu et al. 2021, table 2). */
  readonly metrics: readonly [GlueMetric, ...GlueMetric[]];
};

const entailment = { kind: "classes", names: ["entailment", "not_entailment"] } as const;

/**
 * The nine tasks of GLUE (Wang et al. 2018, table 1), with names of columns, labels and splits as in the hub's data set `nyu-mll/glue`
 * and metrics as in its metric `glue`.
 */
export const glueTasks: { readonly [name in GlueTaskName]: GlueTask } = {
  cola: {
    title: "CoLA",
    columns: ["sentence"],
    target: { kind: "classes", names: ["unacceptable", "acceptable"] },
    splits: ["validation"],
    metrics: ["matthews"],
  },
  sst2: {
    title: "SST-2",
    columns: ["sentence"],
    target: { kind: "classes", names: ["negative", "positive"] },
    splits: ["validation"],
    metrics: ["accuracy"],
  },
  mrpc: {
    title: "MRPC",
    columns: ["sentence1", "sentence2"],
    target: { kind: "classes", names: ["not_equivalent", "equivalent"] },
    splits: ["validation"],
    metrics: ["accuracy", "f1"],
  },
  stsb: {
    title: "STS-B",
    columns: ["sentence1", "sentence2"],
    target: { kind: "score", range: [0, 5] },
    splits: ["validation"],
    metrics: ["pearson", "spearman"],
  },
  qqp: {
    title: "QQP",
    columns: ["question1", "question2"],
    target: { kind: "classes", names: ["not_duplicate", "duplicate"] },
    splits: ["validation"],
    metrics: ["accuracy", "f1"],
  },
  mnli: {
    title: "MNLI",
    columns: ["premise", "hypothesis"],
    target: { kind: "classes", names: ["entailment", "neutral", "contradiction"] },
    splits: ["validation_matched", "validation_mismatched"],
    metrics: ["accuracy"],
  },
  qnli: { title: "QNLI", columns: ["question", "sentence"], target: entailment, splits: ["validation"], metrics: ["accuracy"] },
  rte: { title: "RTE", columns: ["sentence1", "sentence2"], target: entailment, splits: ["validation"], metrics: ["accuracy"] },
  wnli: {
    title: "WNLI",
    columns: ["sentence1", "sentence2"],
    target: { kind: "classes", names: ["not_entailment", "entailment"] },
    splits: ["validation"],
    metrics: ["accuracy"],
  },
};

const metricsOfPredictions: { readonly [name in GlueMetric]: (predicted: ArrayLike<number>, labels: ArrayLike<number>) => SampleMetric } = {
  accuracy: accuracyOver,
  f1: f1Over,
  macroF1: macroF1Over,
  matthews: matthewsOver,
  pearson: pearsonOver,
  spearman: spearmanOver,
};

/**
 * A metric of predicted classes (or scores), ready for resampling.
 *
 * @throws RangeError for lists of unequal length, no examples, or values that are not classes (for correlations: not finite)
 */
export function glueMetric(name: GlueMetric, predicted: ArrayLike<number>, labels: ArrayLike<number>): SampleMetric {
  return metricsOfPredictions[name](predicted, labels);
}
