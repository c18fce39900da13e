import { z } from "zod";
import { chosenMethods, formMethodOf, methodChoices, methodFields, newMethodFields } from "@/components/methods/forms";
import { columnMapping } from "@/lib/contract/data-set";
import { isLatentMethod } from "@/lib/contract/methods/methods";
import { type ModelSummary, readsImages } from "@/lib/contract/model";
import { runConfig, runMethod, trainingSettings } from "@/lib/contract/run-config";
import { modelTasksOf } from "@/lib/contract/tasks/model-tasks";
import { type RunTask, runTask, tasks } from "@/lib/contract/tasks/tasks";
import { defaultRates } from "./default-rates";

/** All that a person sets on the page of a new run; from it come one or two configurations (`run-configs.ts`). */
export const runForm = z.object({
  name: z.string(),
  modelId: z.string(),
  frozenDtype: runConfig.shape.frozenDtype.unwrap(),
  /** What the model can learn: text, or of an encoder classes or numbers. */
  task: runTask,
  dataSetId: z.string(),
  mapping: columnMapping,
  useChatTemplate: z.boolean(),
  domains: z.array(z.string()).nullable(),
  validationRows: z.number(),
  method: z.enum(methodChoices),
  modules: z.array(z.string()),
  layers: z.array(z.number()).nullable(),
  ...methodFields,
  /** Learning rates by method. */
  rates: z.record(runMethod, z.number()),
  training: trainingSettings.omit({ learningRate: true }),
  /** Tokens of the statistics pass that follows; null makes none. */
  collectionTokens: z.number().nullable(),
  /** Whether it starts although its plan exceeds the machine's memory. */
  startAnyway: z.boolean().optional(),
});
export type RunForm = z.infer<typeof runForm>;

/** Our defaults: the paper leaves width, k, learning rate and targets open. */
export function newRunForm(model: ModelSummary | undefined): RunForm {
  const task = taskFor(model);
  return {
    name: "",
    modelId: model?.id ?? "",
    frozenDtype: "float32",
    task,
    dataSetId: "",
    mapping: { kind: "text", text: "text" },
    useChatTemplate: false,
    domains: null,
    validationRows: 128,
    method: "both",
    modules: model?.defaultTargets ?? [],
    layers: null,
    ...newMethodFields({ isLarge: (model?.parameters ?? 0) >= 1e9 }),
    rates: defaultRates(task),
    training: {
      steps: 500,
      batchRows: 8,
      microBatchRows: null,
      maxTokens: model === undefined ? 128 : lengthFor(model, 128),
      schedule: "cosine",
      warmupFraction: 0.06,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      clipNorm: 1,
      shuffle: true,
      seed: 0,
      evaluateEvery: 50,
      evaluationRows: 128,
      checkpointEvery: 50,
    },
    collectionTokens: 200_000,
  };
}

/** The length of rows for a model; an image is never cut. */
export function lengthFor(model: ModelSummary, tokens: number): number {
  return readsImages(model) ? model.contextLength : Math.min(tokens, model.contextLength);
}

/** An encoder classifies unless a person wants numbers; every other model generates text. */
export function taskFor(model: ModelSummary | undefined): RunTask {
  return model === undefined ? tasks.languageModel.initial : modelTasksOf(model).initial;
}

/** Whether it says which modules are trained; else all are, or none. */
export function choosesTargets(form: RunForm): boolean {
  return chosenMethods(form).some((method) => formMethodOf({ method }).targets(form) === "chosen");
}

/** Whether what it starts has latents. */
export function trainsLatents(form: Pick<RunForm, "method">): boolean {
  return chosenMethods(form).some(isLatentMethod);
}
