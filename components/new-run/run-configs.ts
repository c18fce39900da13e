import { chosenMethods, formMethodOf } from "@/components/methods/forms";
import type { StartRunInput } from "@/lib/contract/api";
import { isLatentMethod, methodOf } from "@/lib/contract/methods/methods";
import { collectionSettings, type RunConfig } from "@/lib/contract/run-config";
import { isLabelledTask } from "@/lib/contract/tasks/tasks";
import type { RunForm } from "./run-form";

type NamedConfig = { readonly name: string; readonly config: RunConfig };

/** The configurations that "start" sends, one for each method. */
export function runConfigsOf(form: RunForm): NamedConfig[] {
  const methods = chosenMethods(form);
  const isPaired = methods.length > 1;
  const typed = form.name.trim();
  const collection = form.collectionTokens === null ? null : collectionSettings.parse({ maxTokens: form.collectionTokens });
  return methods.map((method) => {
    const part = formMethodOf({ method });
    return {
      name: typed === "" ? part.runNameOf(form, isPaired) : isPaired ? `${typed}, ${methodOf({ method }).label}` : typed,
      config: {
        model: form.modelId,
        frozenDtype: form.frozenDtype,
        ...(isLabelledTask(form.task) ? { task: form.task } : {}),
        data: {
          kind: "dataSet" as const,
          dataSetId: form.dataSetId,
          mapping: form.mapping,
          useChatTemplate: form.useChatTemplate,
          domains: form.domains,
          validationRows: form.validationRows,
        },
        collection: isLatentMethod(method) ? collection : null,
        adapter: part.adapterOf(form, isPaired),
        training: { ...form.training, learningRate: form.rates[method] },
      },
    };
  });
}

/** What "start" sends; several runs make a group. */
export function startsOf(form: RunForm): StartRunInput[] {
  const configs = runConfigsOf(form);
  const group = configs.length > 1 ? form.name.trim() || configs.map(({ name }) => name).join(" and ") : undefined;
  const anyway = form.startAnyway === true ? { startAnyway: true } : {};
  return configs.map(({ name, config }) => ({ name, config, ...anyway, ...(group === undefined ? {} : { group }) }));
}
