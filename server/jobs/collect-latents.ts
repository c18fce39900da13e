import { type RunConfig, runConfig } from "@/lib/contract/run-config";
import { type CollectionRow, readCollection, setCollectionProgress, setCollectionStatus } from "@/server/db/latents/collections";
import { readDataSet } from "@/server/db/library/data-sets";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { type RunRow, readRun } from "@/server/db/runs/runs";
import { readCollectionRows } from "@/server/runtime/collections/collection-data";
import { collectLatents } from "@/server/runtime/collections/collection-session";
import { explain } from "./explain";
import { HandedBackError, type HeldWork, LeaseLostError } from "./held-work";
import type { JobContext } from "./job-context";
import { resolveModel } from "./resolve-model";
import { runFolders } from "./run-folders";
import { storeCollection } from "./store-collection";
import type { Job } from "./work-loop";

/** Progress is written this often. */
const progressEveryMs = 500;

/** Reads a corpus with a run's adapter and stores the statistics of every latent. Until it is whole nothing of it is seen. */
export function collectRun(context: JobContext): Job {
  return async (work) => {
    const { db } = context.store;
    const collection = await retryWhileDown(() => readCollection(db, work.workId));
    if (collection === undefined) return;
    work.title = `Collecting latents, ${collection.name}`;
    const mark = async (status: CollectionRow["status"], error: string | null = null) => {
      await work.confirm();
      await retryWhileDown(() => setCollectionStatus(db, collection, status, error));
    };
    try {
      await mark("running");
      await collect(context, collection, work);
    } catch (error) {
      if (error instanceof LeaseLostError) throw error;
      if (work.isHandedBack) {
        await mark("queued");
        throw new HandedBackError(`the collection ${collection.id} is handed back`);
      }
      if (work.signal.aborted) await mark("cancelled");
      else await mark("failed", explain(error));
    }
  };
}

async function collect(context: JobContext, collection: CollectionRow, work: HeldWork): Promise<void> {
  const { store, runtime, now, dataFolder } = context;
  const { settings } = collection;
  const startedAt = now();
  const run = await retryWhileDown(() => readRun(store.db, collection.runId));
  if (run === undefined) throw new Error("the run is no longer there");
  const config = runConfig.parse(run.config);
  const model = await resolveModel(context, config.model, run.modelName);
  const data = await dataOf(context, run, config, settings.dataSetId);
  const base = await runtime.base(model.path, config.frozenDtype === "bfloat16" ? "fast" : "interactive", "background");
  try {
    const adapter = await runtime.adapter(runFolders(dataFolder, run.id).adapter, base.value, "background");
    try {
      const source = { data, maxTokens: config.training.maxTokens, split: settings.split, tokenBudget: settings.maxTokens };
      const rows = await readCollectionRows(source, base.value, work.signal);
      let toldAt = Number.NEGATIVE_INFINITY;
      const collected = await collectLatents({
        base: base.value,
        adapter: adapter.value,
        rows,
        batchRows: settings.batchRows,
        turns: runtime.turns,
        signal: work.signal,
        async onProgress(tokens) {
          if (now() - toldAt < progressEveryMs) return;
          toldAt = now();
          await work.confirm();
          await retryWhileDown(() => setCollectionProgress(store.db, collection, tokens));
        },
      });
      await work.confirm();
      const pass = { base: base.value, adapter: adapter.value, collected, elapsedMs: () => now() - startedAt };
      await retryWhileDown(() => storeCollection(store, collection, pass));
    } finally {
      adapter.release();
    }
  } finally {
    base.release();
  }
}

/** The run's own data, or another data set with its own columns. */
async function dataOf({ store }: JobContext, run: RunRow, config: RunConfig, dataSetId: string | undefined): Promise<RunConfig["data"]> {
  const { data } = config;
  const ownId = data.kind === "dataSet" ? data.dataSetId : undefined;
  const wantedId = dataSetId ?? ownId;
  if (wantedId === undefined) return data;
  const dataSet = await retryWhileDown(() => readDataSet(store.db, wantedId));
  if (dataSet === undefined)
    throw new Error(`the data set ${wantedId === ownId ? run.dataName : wantedId} is no longer there; add it again`);
  if (wantedId === ownId) return { ...data, path: dataSet.path };
  if (dataSet.mapping === null) throw new Error(`the columns of ${dataSet.name} are not recognised; choose a data set with a text column`);
  return {
    kind: "dataSet",
    dataSetId: wantedId,
    path: dataSet.path,
    mapping: dataSet.mapping,
    useChatTemplate: false,
    domains: null,
    validationRows: 0,
  };
}
