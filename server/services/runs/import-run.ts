import { basename } from "node:path";
import type { ImportedRecord, ImportRunSettings } from "@/lib/contract/import-run";
import type { ModelSummary } from "@/lib/contract/model";
import type { RunCost, RunSummary } from "@/lib/contract/run";
import type { AdapterConfig, StoredRunConfig } from "@/lib/contract/run-config";
import { namedClasses } from "@/lib/contract/tasks/tasks";
import { newId } from "@/server/db/new-id";
import { type ImportedRun, insertImportedRun, readRunSummary } from "@/server/db/runs/runs";
import { type AdapterFolder, readAdapterConfig } from "@/server/files/adapters/adapter-folder";
import { writeLabelNames } from "@/server/files/adapters/label-names";
import { baseProjections } from "@/server/interop/peft/base-projections";
import { type FoundAdapter, findAdapter } from "@/server/interop/peft/find-adapter";
import { importedCost, importedSettings } from "@/server/interop/peft/imported-adapter";
import { takeAdapter } from "@/server/interop/peft/take-adapter";
import { readTrainingRecord, type TrainingRecord } from "@/server/interop/peft/training-record";
import { allowedPath } from "@/server/services/allowed-path";
import type { ServiceContext } from "@/server/services/context";
import { found, withFileErrors } from "@/server/services/errors";
import { importedData, type UsedData } from "./import-data";
import { chooseBaseModel } from "./import-model";
import { type ImportedTask, importedTask } from "./import-task";

/**
 * Takes in a run that was trained elsewhere: its adapter in PEFT layout, and what its trainer logged. The files are copied and held against the base
 * model before the run is named; of one that is refused nothing stays.
 *
 * @throws ServiceError naming the file and the key at fault, or the field of the request
 */
export async function importRun(
  context: ServiceContext,
  request: ImportRunSettings & { path: string; source?: string },
): Promise<RunSummary> {
  const { store, artefacts } = context;
  const path = allowedPath(context, request.path);
  const source = await withFileErrors(() => findAdapter(path), "path");
  const file = await withFileErrors(() => readAdapterConfig(source.folder), "path");
  const model = await chooseBaseModel(context, request.modelId, file.base_model_name_or_path ?? null);
  const id = newId();
  try {
    const record = await withFileErrors(() => readTrainingRecord(source.besides), "path");
    const taken = await withFileErrors(() => takeInto(context, id, source, model, request.labels), "path");
    const used = await importedData(context, request.data, model, taken.task);
    const named = request.source ?? basename(path);
    const run = {
      id,
      name: request.name ?? nameOf(source.folder, named),
      ...describe(taken, record, model, used),
      imported: imported(taken.adapter, record, named),
    };
    await insertImportedRun(store.db, run, record.metrics);
  } catch (error) {
    artefacts.delete(`runs/${id}`);
    throw error;
  }
  return found(await readRunSummary(store.db, id), "such run");
}

type Taken = ImportedTask & { readonly adapter: AdapterFolder; readonly settings: AdapterConfig; readonly cost: RunCost };

/** Copies the adapter and writes the names of its classes beside it; its folder appears whole or not at all. */
function takeInto(
  { artefacts }: ServiceContext,
  id: string,
  source: FoundAdapter,
  model: ModelSummary,
  labels: readonly string[] | undefined,
): Taken {
  let taken: Taken | undefined;
  artefacts.putFolder(`runs/${id}/adapter`, (temporary) => {
    const base = baseProjections(model);
    const adapter = takeAdapter(source.folder, temporary, base);
    const about = importedTask(source, adapter, model, labels);
    const classes = about.task && namedClasses(about.task);
    if (classes) writeLabelNames(temporary, classes);
    taken = { ...about, adapter, settings: importedSettings(adapter, [...base.keys()]), cost: importedCost(adapter, model, base) };
  });
  return found(taken, "adapter");
}

function describe(
  { settings, task, classesFrom, cost }: Taken,
  { lastStep, maxSteps, seed, curveFiles }: TrainingRecord,
  model: ModelSummary,
  { data, dataSetId, dataName }: UsedData,
): Omit<ImportedRun, "id" | "name" | "imported"> {
  const config: StoredRunConfig = {
    model: model.id,
    frozenDtype: "float32",
    ...(task === undefined ? {} : { task }),
    data,
    adapter: settings,
    training: null,
    collection: null,
  };
  const classes = task && namedClasses(task);
  const step = lastStep ?? maxSteps ?? 0;
  return {
    group: null,
    method: settings.method,
    modelId: model.id,
    modelName: model.name,
    dataSetId,
    dataName,
    seed,
    config,
    step,
    steps: step,
    cost,
    provenance: {
      baseModel: model.revision,
      ...(curveFiles.length > 0 ? { curves: curveFiles.join(", ") } : {}),
      ...(classes ? { classes: classes.join(", ") } : {}),
      ...(classesFrom === undefined ? {} : { classesFrom }),
    },
  };
}

function imported({ config }: AdapterFolder, record: TrainingRecord, source: string): ImportedRecord {
  const { curveFiles, epochs, maxSteps, trainingSeconds, evaluations, stated } = record;
  const peftVersion = config["peft_version"];
  return {
    source,
    baseModelName: config.base_model_name_or_path ?? null,
    peftVersion: typeof peftVersion === "string" ? peftVersion : null,
    curveFiles,
    epochs,
    maxSteps,
    trainingSeconds,
    evaluations: [...evaluations],
    stated,
  };
}

/** The folder's name; of a checkpoint in a trainer's folder both. */
function nameOf(folder: string, source: string): string {
  const last = basename(folder);
  const name = /^checkpoint-\d+$/.test(last) && last !== source ? `${source} ${last}` : source;
  return name.slice(0, 120);
}
