import { z } from "zod";
import type { TaskOf } from "@/lib/contract/tasks/task";
import { metrics } from "@/lib/numbers/metrics/metric-names";

export const classificationSettings = z.object({
  kind: z.literal("classification"),
  /** Names of the classes in the order of the head's scores; null takes those of the training rows. */
  labels: z.array(z.string().min(1)).min(2).nullable().default(null),
});

/** A class of each row, through a trained head over an encoder. */
export const classification: TaskOf<z.infer<typeof classificationSettings>> = {
  initial: { kind: "classification", labels: null },
  continuesText: false,
  head: {
    problemType: "single_label_classification",
    isUsualOf: (numLabels) => numLabels > 1,
    learned: (labels) => ({ kind: "classification", labels: [...labels] }),
  },
  aim: "to classify texts",
  labels: "classes",
  answers: "classes",
  classes: ({ labels }) => labels,
  loss: { name: "cross-entropy", unit: "nats", per: "row" },
  evaluationLoss: { ...metrics.loss, label: "evaluation loss" },
  reference: {
    name: "class shares",
    kind: "constant prediction",
    compared: "the majority-class baseline",
    says: "Each class as probable as its share of the training rows, whatever the input.",
  },
  cardLosses: ["Cross-entropy, nats per row", "Cross-entropy of predicting the training class shares"],
  metric: "accuracy",
  transformers: { autoModel: "AutoModelForSequenceClassification", pipelineTag: "text-classification" },
  headNote: ({ labels }) =>
    `The head predicts ${labels === null ? "the classes of the training rows" : labels.join(", ")}. It is trained and saved with the adapter.`,
  facts: ({ labels }) => `classes: ${labels === null ? "those of the training rows" : labels.join(", ")}`,
  benchmarkRows: 2000,
  // Classes are counted in the run's own order.
  ownBenchmark: ({ labels }) => ({ kind: "classification", classes: labels }),
};
