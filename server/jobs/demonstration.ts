import { corpusFolder, demonstrations, smallModelFolder } from "@/demo/configuration";
import type { ColumnMapping, DataSetSummary } from "@/lib/contract/data-set";
import { expectedCost } from "@/lib/contract/expected-cost";
import { runConfig } from "@/lib/contract/run-config";
import { findDataSetByPath, readDataSet, upsertDataSet } from "@/server/db/library/data-sets";
import { readModel } from "@/server/db/library/models";
import { newId } from "@/server/db/new-id";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { insertRun, listRuns } from "@/server/db/runs/runs";
import { openDataSet } from "@/server/files/data/data-set";
import { summariseDataSet } from "@/server/files/data/data-set-summary";
import { addModel } from "./add-model";
import { fetchModel } from "./fetch-model";
import type { JobAtWork } from "./job-at-work";

/** Runs that carry this group are the demonstration's. */
const group = "demonstration";

/** Adds model and text, and starts a STAN and a LoRA run of equal size on them, each with its collection. */
export async function startDemonstration(run: JobAtWork, kind: "small" | "smollm2"): Promise<void> {
  const { store } = run.context;
  const modelId =
    kind === "small"
      ? await addModel(run, { path: smallModelFolder, name: "Small demonstration model", isOwned: false })
      : await fetchModel(run, { from: "smollm2" });
  const model = await retryWhileDown(() => readModel(store.db, modelId));
  if (model === undefined) throw new Error("the model has been removed; start the demonstration again");
  run.report({ message: "Reading the text", unit: "steps", done: 1, total: 3 });
  const data = await addCorpus(run);
  run.report({ message: "Starting the runs", done: 2 });
  const { domains, runs } = demonstrations[kind];
  const mapping: ColumnMapping = { kind: "text", text: "text", domain: "domain", split: "split" };
  const known = await retryWhileDown(() => listRuns(store.db));
  for (const { name, config: settings } of runs) {
    run.signal.throwIfAborted();
    // A job that is done again after its worker died starts no run twice.
    const isStarted = known.some(
      (other) => other.group === group && other.modelId === modelId && other.name === name && isUnderWay(other.status),
    );
    if (isStarted) continue;
    const config = runConfig.parse({
      ...settings,
      model: modelId,
      data: { kind: "dataSet", dataSetId: data.id, path: data.path, mapping, domains },
    });
    await insertRun(store.db, {
      id: newId(),
      name,
      group,
      method: config.adapter.method,
      modelId,
      modelName: model.name,
      dataSetId: data.id,
      dataName: data.name,
      seed: config.training.seed,
      config,
      steps: config.training.steps,
      cost: expectedCost(config.adapter, model),
    });
  }
  run.report({ message: "The runs are queued", done: 3 });
}

function isUnderWay(status: string): boolean {
  return status === "queued" || status === "running" || status === "stopping";
}

async function addCorpus({ context }: JobAtWork): Promise<DataSetSummary> {
  const { db } = context.store;
  const before = await retryWhileDown(() => findDataSetByPath(db, corpusFolder));
  if (before !== undefined) return before;
  const dataSet = openDataSet(corpusFolder);
  const summary = await summariseDataSet(dataSet);
  const id = newId();
  const { format, sizeBytes } = dataSet;
  await retryWhileDown(() =>
    upsertDataSet(db, {
      id,
      name: "Demonstration corpus",
      path: corpusFolder,
      format,
      sizeBytes,
      licence: "several, see demo/corpus/LICENSES",
      ...summary,
    }),
  );
  const added = await retryWhileDown(() => readDataSet(db, id));
  if (added === undefined) throw new Error("the corpus has been removed; start the demonstration again");
  return added;
}
