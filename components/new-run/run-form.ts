import type { ColumnMapping } from "@/lib/contract/data-set";
import { isEncoder, type ModelSummary } from "@/lib/contract/model";
import type { ModulePattern } from "@/lib/contract/module-sizes";
import {
  collectionSettings,
  type LoraConfig,
  type RunConfig,
  type RunMethod,
  type RunTask,
  runConfig,
  type StanConfig,
  type TrainingSettings,
  taskOf,
} from "@/lib/contract/run-config";

export type MethodChoice = RunMethod | "both";
/** What the rank of LoRA follows: k (the same parameters active for a token), M (the same trained), or its own slider. */
export type RankMatch = "active" | "trained" | "own";

/** All that a person sets on the page of a new run; from it come one or two configurations. */
export type RunForm = {
  name: string;
  modelId: string;
  frozenDtype: RunConfig["frozenDtype"];
  /** What the model can learn: text, or of an encoder classes or numbers. */
  task: RunTask;
  dataSetId: string;
  mapping: ColumnMapping;
  useChatTemplate: boolean;
  domains: string[] | null;
  validationRows: number;
  method: MethodChoice;
  modules: string[];
  layers: number[] | null;
  /** Of full fine-tuning: every projection, or the chosen modules and layers. */
  isFullOfAll: boolean;
  numLatents: number;
  k: number;
  stanAlpha: number;
  selection: StanConfig["selection"];
  init: StanConfig["init"];
  rankMatch: RankMatch;
  ownRank: number;
  /** LoRA's alpha is this many times its rank. */
  alphaOverRank: number;
  useRslora: boolean;
  useDora: boolean;
  dropout: number;
  /** Sizes that single modules have of their own; empty where all are alike. */
  rankPattern: ModulePattern;
  alphaPattern: ModulePattern;
  latentsPattern: ModulePattern;
  kPattern: ModulePattern;
  stanRate: number;
  loraRate: number;
  fullRate: number;
  headRate: number;
  training: Omit<TrainingSettings, "learningRate">;
  /** Tokens of the statistics pass that follows; null makes none. */
  collectionTokens: number | null;
};

/** Our defaults: the paper leaves width, k, learning rate and targets open. */
export function newRunForm(model: ModelSummary | undefined): RunForm {
  const isLarge = (model?.parameters ?? 0) >= 1e9;
  return {
    name: "",
    modelId: model?.id ?? "",
    frozenDtype: "float32",
    task: taskFor(model),
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
    stanRate: 2e-3,
    loraRate: 3e-4,
    fullRate: 5e-5,
    headRate: 1e-3,
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

/** The configurations that "start" sends, STAN first. */
export function runConfigsOf(form: RunForm): { name: string; config: RunConfig }[] {
  const rank = rankOf(form);
  const targets = { modules: form.modules, layers: form.layers };
  const common = {
    model: form.modelId,
    frozenDtype: form.frozenDtype,
    ...(form.task.kind === "languageModel" ? {} : { task: form.task }),
    data: {
      kind: "dataSet" as const,
      dataSetId: form.dataSetId,
      mapping: form.mapping,
      useChatTemplate: form.useChatTemplate,
      domains: form.domains,
      validationRows: form.validationRows,
    },
    collection: form.collectionTokens === null ? null : collectionSettings.parse({ maxTokens: form.collectionTokens }),
  };
  const stan = (): { name: string; config: RunConfig } => ({
    name: nameFor(form, `stan-m${form.numLatents}-k${form.k}`, "STAN"),
    config: {
      ...common,
      adapter: {
        method: "stan",
        numLatents: form.numLatents,
        k: form.k,
        alpha: form.stanAlpha,
        selection: form.selection,
        init: form.init,
        ...(isEmpty(form.latentsPattern) ? {} : { latentsPattern: { ...form.latentsPattern } }),
        ...(isEmpty(form.kPattern) ? {} : { kPattern: { ...form.kPattern } }),
        targets,
      },
      training: { ...form.training, learningRate: form.stanRate },
    },
  });
  const lora = (): { name: string; config: RunConfig } => ({
    name: nameFor(form, `lora-r${rank}`, "LoRA"),
    config: {
      ...common,
      adapter: { method: "lora", rank, alpha: rank * form.alphaOverRank, ...loraOptions(form), targets },
      training: { ...form.training, learningRate: form.loraRate },
    },
  });
  const baseline = (automatic: string, adapter: RunConfig["adapter"], learningRate: number): { name: string; config: RunConfig } => ({
    name: nameFor(form, automatic),
    config: { ...common, collection: null, adapter, training: { ...form.training, learningRate } },
  });
  switch (form.method) {
    case "stan":
      return [stan()];
    case "lora":
      return [lora()];
    case "both":
      return [stan(), lora()];
    case "full":
      return [baseline("full", { method: "full", targets: form.isFullOfAll ? null : targets }, form.fullRate)];
    case "head":
      return [baseline("head", { method: "head" }, form.headRate)];
  }
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

/** What is not plain LoRA; what is plain is left out. */
function loraOptions(form: RunForm): Partial<LoraConfig> {
  return {
    ...(form.useRslora ? { useRslora: true } : {}),
    ...(form.useDora ? { useDora: true } : {}),
    ...(form.dropout > 0 ? { dropout: form.dropout } : {}),
    ...(isEmpty(form.rankPattern) ? {} : { rankPattern: { ...form.rankPattern } }),
    ...(isEmpty(form.alphaPattern) ? {} : { alphaPattern: { ...form.alphaPattern } }),
  };
}

function isEmpty(pattern: ModulePattern): boolean {
  return Object.keys(pattern).length === 0;
}

/** The form that would start a given configuration again; what belongs to the other method keeps `base`'s values. */
export function formOf(config: RunConfig, base: RunForm): RunForm {
  const { learningRate, ...training } = config.training;
  const { adapter, data } = config;
  const shared: RunForm = {
    ...base,
    name: "",
    modelId: config.model,
    frozenDtype: config.frozenDtype,
    task: taskOf(config),
    ...(data.kind === "dataSet"
      ? {
          dataSetId: data.dataSetId ?? base.dataSetId,
          mapping: data.mapping,
          useChatTemplate: data.useChatTemplate,
          domains: data.domains,
          validationRows: data.validationRows,
        }
      : {}),
    training,
    collectionTokens: config.collection?.maxTokens ?? null,
  };
  switch (adapter.method) {
    case "stan": {
      const { numLatents, k, alpha, selection, init, latentsPattern = {}, kPattern = {}, targets } = adapter;
      const sizes = { numLatents, k, latentsPattern, kPattern };
      return { ...shared, ...targets, method: "stan", ...sizes, stanAlpha: alpha, selection, init, stanRate: learningRate };
    }
    case "lora":
      return {
        ...shared,
        ...adapter.targets,
        method: "lora",
        rankMatch: "own",
        ownRank: adapter.rank,
        alphaOverRank: adapter.alpha / adapter.rank,
        useRslora: adapter.useRslora ?? false,
        useDora: adapter.useDora ?? false,
        dropout: adapter.dropout ?? 0,
        rankPattern: adapter.rankPattern ?? {},
        alphaPattern: adapter.alphaPattern ?? {},
        loraRate: learningRate,
      };
    case "full":
      return { ...shared, ...adapter.targets, method: "full", isFullOfAll: adapter.targets === null, fullRate: learningRate };
    case "head":
      return { ...shared, method: "head", headRate: learningRate };
  }
}

/** Reads pasted JSON: one configuration, or a list of a STAN and a LoRA one. @throws Error saying which key is wrong. */
export function formFromJson(text: string, base: RunForm): RunForm {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error("This is not JSON. Copy the whole of a configuration, from { to }.", { cause });
  }
  const list = Array.isArray(value) ? value : [value];
  const configs = list.map((entry) => {
    const parsed = runConfig.safeParse(hasConfig(entry) ? entry.config : entry);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new Error(`${issue?.path.join(".") || "The configuration"}: ${issue?.message ?? "is not valid"}`);
  });
  const form = configs.reduce((current, config) => formOf(config, current), base);
  return configs.length > 1 && trainsLatents(form) ? { ...form, method: "both" } : form;
}

function hasConfig(entry: unknown): entry is { config: unknown } {
  return typeof entry === "object" && entry !== null && "config" in entry;
}

/** @param method what tells two runs of one name apart */
function nameFor(form: RunForm, automatic: string, method = ""): string {
  const typed = form.name.trim();
  if (typed === "") return automatic;
  return form.method === "both" ? `${typed}, ${method}` : typed;
}
