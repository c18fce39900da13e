import type { ModulePattern } from "@/lib/contract/module-sizes";
import { collectionSettings, type LoraConfig, type RunConfig } from "@/lib/contract/run-config";
import { type RunForm, rankOf } from "./run-form";

type NamedConfig = { readonly name: string; readonly config: RunConfig };

/** The configurations that "start" sends, STAN first. */
export function runConfigsOf(form: RunForm): NamedConfig[] {
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
  const stan = (): NamedConfig => ({
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
      training: { ...form.training, learningRate: form.rates.stan },
    },
  });
  const lora = (): NamedConfig => ({
    name: nameFor(form, `lora-r${rank}`, "LoRA"),
    config: {
      ...common,
      adapter: { method: "lora", rank, alpha: rank * form.alphaOverRank, ...loraOptions(form), targets },
      training: { ...form.training, learningRate: form.rates.lora },
    },
  });
  const baseline = (automatic: string, adapter: RunConfig["adapter"], learningRate: number): NamedConfig => ({
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
      return [baseline("full", { method: "full", targets: form.isFullOfAll ? null : targets }, form.rates.full)];
    case "head":
      return [baseline("head", { method: "head" }, form.rates.head)];
  }
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

/** @param method what tells two runs of one name apart */
function nameFor(form: RunForm, automatic: string, method = ""): string {
  const typed = form.name.trim();
  if (typed === "") return automatic;
  return form.method === "both" ? `${typed}, ${method}` : typed;
}
