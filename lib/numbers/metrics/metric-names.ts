/** What a metric is called, which way is better, and what a difference of it is written in. */
export type Metric = {
  readonly label: string;
  readonly better: "higher" | "lower";
  /** `share`: of 0…1, differences in percentage points; `nats`: a loss; `number`: without a unit. */
  readonly unit: "share" | "nats" | "number";
};

export type MetricName =
  | "accuracy"
  | "f1"
  | "macroF1"
  | "matthews"
  | "pearson"
  | "spearman"
  | "exactMatch"
  | "multipleChoice"
  | "loss"
  | "perplexity";

export const metrics: { readonly [name in MetricName]: Metric } = {
  accuracy: { label: "accuracy", better: "higher", unit: "share" },
  f1: { label: "F1", better: "higher", unit: "share" },
  macroF1: { label: "macro F1", better: "higher", unit: "share" },
  matthews: { label: "Matthews correlation", better: "higher", unit: "number" },
  pearson: { label: "Pearson correlation", better: "higher", unit: "number" },
  spearman: { label: "Spearman correlation", better: "higher", unit: "number" },
  exactMatch: { label: "exact match", better: "higher", unit: "share" },
  multipleChoice: { label: "accuracy of choices", better: "higher", unit: "share" },
  loss: { label: "loss", better: "lower", unit: "nats" },
  perplexity: { label: "perplexity", better: "lower", unit: "number" },
};
