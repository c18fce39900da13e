import { z } from "zod";
import type { TaskOf } from "@/lib/contract/tasks/task";

export const classificationSettings = z.object({
  kind: z.literal("classification"),
  /** Names of the classes in the order of the head's scores; null takes those of the training rows. */
  labels: z.array(z.string().min(1)).min(2).nullable().default(null),
});

/** A class of each row, through a trained head over an encoder. */
export const classification: TaskOf<z.infer<typeof classificationSettings>> = {
  initial: { kind: "classification", labels: null },
  continuesText: false,
  aim: "to classify texts",
  answers: "classes",
  loss: { name: "cross-entropy", unit: "nats", per: "row" },
  reference: {
    name: "class shares",
    kind: "constant prediction",
    says: "Each class as probable as its share of the training rows, whatever the text.",
  },
  metric: "accuracy",
  transformers: { autoModel: "AutoModelForSequenceClassification", pipelineTag: "text-classification" },
  facts: ({ labels }) => `classes: ${labels === null ? "those of the training rows" : labels.join(", ")}`,
  // Classes are counted in the run's own order.
  ownBenchmark: ({ labels }) => ({ kind: "classification", classes: labels }),
};
