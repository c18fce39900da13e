import { type RunConfig, runConfig, taskOf } from "@/lib/contract/run-config";
import { type RunForm, trainsLatents } from "./run-form";

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
      return {
        ...shared,
        ...targets,
        method: "stan",
        ...sizes,
        stanAlpha: alpha,
        selection,
        init,
        rates: { ...base.rates, stan: learningRate },
      };
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
        rates: { ...base.rates, lora: learningRate },
      };
    case "full":
      return {
        ...shared,
        ...adapter.targets,
        method: "full",
        isFullOfAll: adapter.targets === null,
        rates: { ...base.rates, full: learningRate },
      };
    case "head":
      return { ...shared, method: "head", rates: { ...base.rates, head: learningRate } };
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
