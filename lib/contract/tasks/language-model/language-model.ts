import { z } from "zod";
import type { TaskOf } from "@/lib/contract/tasks/task";

export const languageModelSettings = z.object({ kind: z.literal("languageModel") });

/** Next tokens of text, through the model's own head. */
export const languageModel: TaskOf<z.infer<typeof languageModelSettings>> = {
  initial: { kind: "languageModel" },
  continuesText: true,
  aim: "as a language model",
  answers: null,
  loss: { name: "cross-entropy", unit: "nats", per: "token" },
  reference: { name: "base model", kind: "base model", says: "The same rows with the adapter off." },
  metric: null,
  transformers: { autoModel: "AutoModelForCausalLM", pipelineTag: "text-generation" },
  facts: () => undefined,
  ownBenchmark: () => ({ kind: "languageModel" }),
};
