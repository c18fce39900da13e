import { z } from "zod";
import type { TaskOf } from "@/lib/contract/tasks/task";
import { metrics } from "@/lib/numbers/metrics/metric-names";

export const languageModelSettings = z.object({ kind: z.literal("languageModel") });

/** Next tokens of text, through the model's own head. */
export const languageModel: TaskOf<z.infer<typeof languageModelSettings>> = {
  initial: { kind: "languageModel" },
  continuesText: true,
  head: null,
  aim: "as a language model",
  labels: null,
  answers: null,
  classes: () => null,
  loss: { name: "cross-entropy", unit: "nats", per: "token" },
  evaluationLoss: { ...metrics.loss, label: "evaluation loss" },
  reference: { name: "base model", kind: "base model", compared: "its base model", says: "The same rows with the adapter off." },
  cardLosses: ["Cross-entropy with the adapter, nats per token", "Cross-entropy without it"],
  metric: null,
  transformers: { autoModel: "AutoModelForCausalLM", pipelineTag: "text-generation" },
  headNote: () => null,
  facts: () => undefined,
  benchmarkRows: 256,
  ownBenchmark: () => ({ kind: "languageModel" }),
};
