import { z } from "zod";
import type { TaskOf } from "@/lib/contract/tasks/task";
import { itemMetrics } from "@/lib/numbers/metrics/item-metrics";

export const regressionSettings = z.object({ kind: z.literal("regression") });

/** A number of each row, through a trained head over an encoder. */
export const regression: TaskOf<z.infer<typeof regressionSettings>> = {
  initial: { kind: "regression" },
  continuesText: false,
  head: { problemType: "regression", isUsualOf: (numLabels) => numLabels === 1, learned: () => ({ kind: "regression" }) },
  aim: "to predict a number for each text",
  labels: "numbers",
  answers: "numbers",
  classes: () => null,
  loss: { name: "squared error", unit: "squared error", per: "row" },
  evaluationLoss: itemMetrics.meanSquaredError,
  reference: {
    name: "mean",
    kind: "constant prediction",
    compared: "the mean baseline",
    says: "The mean of the training rows, whatever the input.",
  },
  cardLosses: ["Mean squared error", "Mean squared error of predicting the training mean"],
  metric: "pearson",
  transformers: { autoModel: "AutoModelForSequenceClassification", pipelineTag: "text-classification" },
  headNote: () => "The head predicts a number and is trained on squared error, together with the adapter. Both are saved.",
  facts: () => "one number per text",
  benchmarkRows: 2000,
  ownBenchmark: () => ({ kind: "regression" }),
};
