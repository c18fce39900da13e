import { z } from "zod";
import type { TaskOf } from "@/lib/contract/tasks/task";

export const regressionSettings = z.object({ kind: z.literal("regression") });

/** A number of each row, through a trained head over an encoder. */
export const regression: TaskOf<z.infer<typeof regressionSettings>> = {
  initial: { kind: "regression" },
  continuesText: false,
  aim: "to predict a number for each text",
  answers: "numbers",
  loss: { name: "squared error", unit: "squared error", per: "row" },
  reference: { name: "mean", kind: "constant prediction", says: "The mean of the training rows, whatever the text." },
  metric: "pearson",
  transformers: { autoModel: "AutoModelForSequenceClassification", pipelineTag: "text-classification" },
  facts: () => "one number per text",
  ownBenchmark: () => ({ kind: "regression" }),
};
