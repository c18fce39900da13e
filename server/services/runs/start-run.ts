import type { z } from "zod";
import { preview } from "@/lib/contract/data-set";
import { expectedCost } from "@/lib/contract/expected-cost";
import { methodOf } from "@/lib/contract/methods/methods";
import type { RunSummary, startRunRequest } from "@/lib/contract/run";
import type { RunConfig } from "@/lib/contract/run-config";
import { previewOf, taskOf } from "@/lib/contract/tasks/tasks";
import { readDataSet } from "@/server/db/library/data-sets";
import { readModel } from "@/server/db/library/models";
import { newId } from "@/server/db/new-id";
import { insertRun, type NewRun, readRunSummary } from "@/server/db/runs/runs";
import { listLivingWorkers } from "@/server/db/work/workers";
import { allowedPath } from "@/server/services/allowed-path";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { askWorker } from "@/server/services/work/ask-worker";
import { checkConfig, checkCounts } from "./check-config";
import { checkMemory } from "./check-memory";

type StartRequest = z.output<typeof startRunRequest>;

/**
 * Checks a configuration, stores it for good and queues the run.
 *
 * @throws ServiceError naming the field that is at fault and what to do
 */
export async function startRun(context: ServiceContext, request: StartRequest): Promise<RunSummary> {
  const [run] = await storeRuns(context, [await prepareRun(context, request)]);
  return found(run, "such run");
}

/**
 * Starts all of several runs, or none.
 *
 * @throws ServiceError naming the field that is at fault, by its run (`runs.1.config.model`), and what to do
 */
export async function startRuns(context: ServiceContext, requests: readonly StartRequest[]): Promise<RunSummary[]> {
  const prepared: NewRun[] = [];
  for (const [place, request] of requests.entries()) {
    prepared.push(
      await prepareRun(context, request).catch((error: unknown) => {
        if (!(error instanceof ServiceError) || error.field === undefined) throw error;
        throw new ServiceError(error.code, error.message, { field: `runs.${place}.${error.field}`, cause: error });
      }),
    );
  }
  return storeRuns(context, prepared);
}

async function storeRuns({ store: { db } }: ServiceContext, prepared: readonly NewRun[]): Promise<RunSummary[]> {
  await db.transaction(async (transaction) => {
    for (const run of prepared) await insertRun(transaction, run);
  });
  const stored: RunSummary[] = [];
  for (const { id } of prepared) stored.push(found(await readRunSummary(db, id), "such run"));
  return stored;
}

/** What is stored of a run, once nothing is wrong with it. */
async function prepareRun(context: ServiceContext, request: StartRequest): Promise<NewRun> {
  const { store } = context;
  const model = await readModel(store.db, request.config.model);
  if (model === undefined) {
    throw new ServiceError("invalid", `There is no model "${request.config.model}". Add it on the Models page, or choose another.`, {
      field: "config.model",
    });
  }
  const { config, data, dataName } = await resolveData(context, request.config);
  checkConfig(config, model, data);
  if (request.startAnyway !== true) await checkMemory(context, config, model);
  if (data !== undefined) await checkOnWorker(context, config, model.path, data);
  return {
    id: newId(),
    name: request.name ?? defaultName(config),
    group: request.group ?? null,
    method: config.adapter.method,
    modelId: model.id,
    modelName: model.name,
    dataSetId: data?.id ?? null,
    dataName,
    seed: config.training.seed,
    config,
    steps: config.training.steps,
    cost: expectedCost(config.adapter, model),
  };
}

/** Finds the data set of the configuration and puts its path in, so that the snapshot says where the rows were read. */
async function resolveData(context: ServiceContext, request: RunConfig) {
  const config = withAllowedPaths(context, request);
  if (config.data.kind === "tokenRows") return { config, data: undefined, dataName: lastPart(config.data.path) };
  const { dataSetId } = config.data;
  if (dataSetId === undefined) {
    throw new ServiceError("invalid", "The configuration names no dataset. Choose one from the Data page.", {
      field: "config.data.dataSetId",
    });
  }
  const data = await readDataSet(context.store.db, dataSetId);
  if (data === undefined) {
    throw new ServiceError("invalid", `There is no dataset "${dataSetId}". Add it on the Data page, or choose another.`, {
      field: "config.data.dataSetId",
    });
  }
  return { config: { ...config, data: { ...config.data, path: data.path } }, data, dataName: data.name };
}

/** @throws ServiceError `forbidden` for a path that requests may not name */
function withAllowedPaths(context: ServiceContext, config: RunConfig): RunConfig {
  const { data, initAdapter } = config;
  const start = initAdapter === undefined ? {} : { initAdapter: allowedPath(context, initAdapter, "config.initAdapter") };
  if (data.kind === "dataSet") return { ...config, ...start };
  const { path, validationPath } = data;
  const validation =
    validationPath === undefined ? {} : { validationPath: allowedPath(context, validationPath, "config.data.validationPath") };
  return { ...config, ...start, data: { ...data, path: allowedPath(context, path, "config.data.path"), ...validation } };
}

/** Counts tokens with the model's tokenizer; without a living worker the run waits, and its job counts before it begins. */
async function checkOnWorker(
  context: ServiceContext,
  config: RunConfig,
  modelPath: string,
  data: { id: string; path: string },
): Promise<void> {
  if (config.data.kind !== "dataSet" || (await listLivingWorkers(context.store.db)).length === 0) return;
  const { mapping, useChatTemplate, domains, validationRows } = config.data;
  const task = taskOf(config);
  const request = {
    modelId: config.model,
    dataSetId: data.id,
    mapping,
    maxTokens: config.training.maxTokens,
    useChatTemplate,
    ...previewOf(task),
    from: 0,
    count: 1,
  };
  const body = { request, modelPath, dataPath: data.path, domains, validationRows };
  const response = await askWorker(context, { path: "/preview", body, model: config.model });
  checkCounts(preview.parse(await response.json()));
}

function defaultName({ adapter, training }: RunConfig): string {
  return `${methodOf(adapter).runNameOf(adapter)}, seed ${training.seed}`;
}

function lastPart(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== "") ?? path;
}
