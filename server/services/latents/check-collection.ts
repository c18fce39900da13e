import { chooseMapping } from "@/lib/contract/choose-mapping";
import type { ModelSummary } from "@/lib/contract/model";
import { type CollectionSettings, hasLatents, rowTokens, type StoredRunConfig, storedRunConfig } from "@/lib/contract/run-config";
import { modelTasksOf } from "@/lib/contract/tasks/model-tasks";
import { taskOf } from "@/lib/contract/tasks/tasks";
import { readDataSet } from "@/server/db/library/data-sets";
import { readModel } from "@/server/db/library/models";
import type { RunRow } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { checkMapping } from "@/server/services/runs/check-config";
import { checkCollectionMemory } from "@/server/services/runs/check-memory";

/**
 * Whether a statistics pass over a run can read its rows and fits the worker's machine.
 *
 * @throws ServiceError `invalid`, naming the field and what to do
 */
export async function checkCollection(
  context: ServiceContext,
  run: RunRow,
  settings: CollectionSettings,
  startAnyway = false,
): Promise<void> {
  const config = storedRunConfig.parse(run.config);
  const model = run.modelId === null ? undefined : await readModel(context.store.db, run.modelId);
  await checkRows(context, run, { settings, config, model });
  if (settings.measuredLatents > 0 && taskOf(config).kind === "denoising") {
    refuse("measuredLatents", `${run.name} adapts a diffusion model, whose latents' effects are not measured: set it to 0.`);
  }
  const { adapter, frozenDtype } = config;
  if (model === undefined || startAnyway || !hasLatents(adapter)) return;
  await checkCollectionMemory(context, { adapter, frozenDtype, settings, rowTokens: settings.rowTokens ?? rowTokens(config) }, model);
}

type Reading = { readonly settings: CollectionSettings; readonly config: StoredRunConfig; readonly model: ModelSummary | undefined };

async function checkRows({ store }: ServiceContext, run: RunRow, { settings, config, model }: Reading): Promise<void> {
  const { data } = config;
  const own = data?.kind === "dataSet" ? data : undefined;
  const dataSetId = settings.dataSetId ?? own?.dataSetId;
  if (dataSetId === undefined) {
    if (settings.mapping !== undefined) refuse("mapping", "The run's rows are token ids, which have no columns: leave out the mapping.");
    if (data === null) refuse("dataSetId", "The run was imported without data: choose a dataset.");
    return;
  }
  const dataSet = await readDataSet(store.db, dataSetId);
  if (dataSet === undefined) {
    if (settings.dataSetId !== undefined) refuse("dataSetId", `There is no dataset "${dataSetId}".`);
    refuse("dataSetId", `The run's dataset, ${run.dataName}, was removed: add it again, or choose another.`);
  }
  const isOwn = dataSetId === own?.dataSetId;
  const mapping = settings.mapping ?? (isOwn ? own.mapping : chooseMapping(own?.mapping, dataSet));
  if (mapping === null) refuse("mapping", `The columns of ${dataSet.name} are not recognised: name the text columns in \`mapping\`.`);
  const problem = model === undefined ? null : modelTasksOf(model).rowsProblem(model.name, { mapping });
  if (problem !== null) refuse(problem.field, problem.message);
  checkMapping({ mapping, domains: settings.mapping === undefined && isOwn ? own.domains : null }, dataSet, "");
  if (model !== undefined && settings.rowTokens !== undefined && settings.rowTokens > model.contextLength) {
    refuse("rowTokens", `${settings.rowTokens} tokens per row exceed the context of ${model.name}: choose at most ${model.contextLength}.`);
  }
}

function refuse(field: string, message: string): never {
  throw new ServiceError("invalid", message, { field });
}
