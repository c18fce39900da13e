import { formMethodOf } from "@/components/methods/forms";
import { methodOf } from "@/lib/contract/methods/methods";
import { type RunConfig, runConfig } from "@/lib/contract/run-config";
import { taskOf } from "@/lib/contract/tasks/tasks";
import { type RunForm, trainsLatents } from "./run-form";

/** The form that would start a given configuration again; what belongs to the other method keeps `base`'s values. */
export function formOf(config: RunConfig, base: RunForm): RunForm {
  const { learningRate, ...training } = config.training;
  const { adapter, data } = config;
  const targets = methodOf(adapter).targetsOf(adapter);
  return {
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
    ...(typeof targets === "object" ? targets : {}),
    ...formMethodOf(adapter).fieldsOf(adapter),
    method: adapter.method,
    rates: { ...base.rates, [adapter.method]: learningRate },
  };
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
