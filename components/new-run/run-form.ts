import { z } from "zod";
import { columnMapping } from "@/lib/contract/data-set";
import { isEncoder, type ModelSummary } from "@/lib/contract/model";
import { type RunTask, runConfig, runMethod, runTask, stanConfig, trainingSettings } from "@/lib/contract/run-config";
import { defaultRates } from "./default-rates";

const pattern = z.record(z.string(), z.number());

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
  method: z.enum([...runMethod.options, "both"]),
  modules: z.array(z.string()),
  layers: z.array(z.number()).nullable(),
  /** Of full fine-tuning: every projection, or the chosen modules and layers. */
  isFullOfAll: z.boolean(),
  numLatents: z.number(),
  k: z.number(),
  stanAlpha: z.number(),
  selection: stanConfig.shape.selection.unwrap(),
  init: stanConfig.shape.init.unwrap(),
  /** What the rank of LoRA follows: k (the same parameters active for a token), M (the same trained), or its own slider. */
  rankMatch: z.enum(["active", "trained", "own"]),
  ownRank: z.number(),
  /** LoRA's alpha is this many times its rank. */
  alphaOverRank: z.number(),
  useRslora: z.boolean(),
  useDora: z.boolean(),
  dropout: z.number(),
  /** Sizes that single modules have of their own; empty where all are alike. */
  rankPattern: pattern,
  alphaPattern: pattern,
  latentsPattern: pattern,
  kPattern: pattern,
  /** Learning rates by method. */
  rates: z.record(runMethod, z.number()),
  training: trainingSettings.omit({ learningRate: true }),
  /** Tokens of the statistics pass that follows; null makes none. */
  collectionTokens: z.number().nullable(),
});
export type RunForm = z.infer<typeof runForm>;
export type MethodChoice = RunForm["method"];

/** Our defaults: the paper leaves width, k, learning rate and targets open. */
export function newRunForm(model: ModelSummary | undefined): RunForm {
  const isLarge = (model?.parameters ?? 0) >= 1e9;
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
    isFullOfAll: true,
    numLatents: isLarge ? 1024 : 256,
    k: isLarge ? 32 : 16,
    stanAlpha: 1,
    selection: "signed",
    init: "zero",
    rankMatch: "active",
    ownRank: 8,
    alphaOverRank: 2,
    useRslora: false,
    useDora: false,
    dropout: 0,
    rankPattern: {},
    alphaPattern: {},
    latentsPattern: {},
    kPattern: {},
    rates: defaultRates(task),
    training: {
      steps: 500,
      batchRows: 8,
      microBatchRows: null,
      maxTokens: Math.min(128, model?.contextLength ?? 128),
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

/** An encoder classifies unless a person wants numbers; every other model continues text. */
export function taskFor(model: ModelSummary | undefined): RunTask {
  return model !== undefined && isEncoder(model) ? { kind: "classification", labels: null } : { kind: "languageModel" };
}

/** The rank LoRA gets. */
export function rankOf(form: RunForm): number {
  if (form.method === "lora" || form.rankMatch === "own") return form.ownRank;
  return form.rankMatch === "active" ? Math.min(form.k, form.numLatents) : form.numLatents;
}

/** Whether a STAN adapter is among what the form starts. */
export function trainsStan({ method }: Pick<RunForm, "method">): boolean {
  return method === "stan" || method === "both";
}

/** Whether a LoRA adapter is. */
export function trainsLora({ method }: Pick<RunForm, "method">): boolean {
  return method === "lora" || method === "both";
}

/** Whether it says which modules are trained; else all are, or none. */
export function choosesTargets({ method, isFullOfAll }: Pick<RunForm, "method" | "isFullOfAll">): boolean {
  return method !== "head" && !(method === "full" && isFullOfAll);
}

/** Whether what it starts has latents. */
export function trainsLatents(form: Pick<RunForm, "method">): boolean {
  return trainsStan(form) || trainsLora(form);
}
