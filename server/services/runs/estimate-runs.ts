import type { z } from "zod";
import { expectedCost } from "@/lib/contract/expected-cost";
import { memoryPlan, scaledPlan, totalBytes } from "@/lib/contract/memory-plan";
import { savedByRemedies } from "@/lib/contract/memory-remedies";
import type { ModelSummary } from "@/lib/contract/model";
import type { startRunRequest } from "@/lib/contract/run";
import type { RunConfig } from "@/lib/contract/run-config";
import type { RunEstimate } from "@/lib/contract/run-estimate";
import { readDataSet } from "@/server/db/library/data-sets";
import { readModel } from "@/server/db/library/models";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { type CountedRows, collectedTokensOf } from "@/server/services/experiments/collected-tokens";
import { dividedRows } from "@/server/services/experiments/divided-rows";
import { type Measurements, readMeasurements, rowsKeyOf, speedOf } from "@/server/services/experiments/measured-speed";
import { evaluationsOf, secondsOf } from "@/server/services/experiments/run-time";
import { stepTokensOf } from "@/server/services/experiments/step-tokens";
import { readWorkerMemory } from "@/server/services/work/worker-memory";

/** A larger dataset is not read for an estimate: its rows count as `maxTokens` long. Our choice. */
const mostBytesRead = 256 * 2 ** 20;

/**
 * Estimates the time and memory of runs from what earlier runs on this machine took.
 *
 * @throws ServiceError where a model is not there
 */
export async function estimateRuns(
  context: ServiceContext,
  requests: readonly z.output<typeof startRunRequest>[],
  signal?: AbortSignal,
): Promise<RunEstimate[]> {
  const measurements = await readMeasurements(context);
  const { totalBytes: machineBytes, availableBytes } = await readWorkerMemory(context);
  const estimates: RunEstimate[] = [];
  for (const { config } of requests)
    estimates.push({ ...(await estimateRun(context, config, measurements, signal)), machineBytes, availableBytes });
  return estimates;
}

async function estimateRun(
  context: ServiceContext,
  config: RunConfig,
  measurements: Measurements,
  signal: AbortSignal | undefined,
): Promise<Omit<RunEstimate, "machineBytes" | "availableBytes">> {
  const { adapter, training, frozenDtype } = config;
  const model = await readModel(context.store.db, config.model);
  if (model === undefined)
    throw new ServiceError("invalid", "There is no such model. Add it on the Models page, or choose another.", { field: "config.model" });
  const rows = await readRows(context, config, signal);
  const stepTokens = training.batchRows * training.maxTokens;
  const speed = await speedOf(
    {
      modelId: model.id,
      frozenDtype,
      method: adapter.method,
      flopsPerToken: expectedCost(adapter, model)?.flopsPerToken ?? 2 * model.parameters,
      stepTokens,
      tokens: stepTokensOf(rows.lengths, training),
      rowsKey: config.data.kind === "dataSet" ? rowsKeyOf(config.data, training) : config.data.path,
    },
    measurements,
  );
  const { training: trainingSeconds, collection: collectionSeconds } = secondsOf(speed, {
    stepTokens,
    steps: training.steps,
    runs: 1,
    readTokens: evaluationsOf(training) * Math.min(training.evaluationRows, rows.heldOut) * training.maxTokens,
    collectedTokens: collectedTokensOf({ ...config, dataSetId: config.data.kind === "dataSet" ? config.data.dataSetId : undefined }, rows),
  });
  const memory = memoryOf(config, model, measurements);
  return { trainingSeconds, collectionSeconds, speed: speed.from, timedBy: speed.run, remedies: savedByRemedies(config, model), ...memory };
}

async function readRows({ store }: ServiceContext, { data, task }: RunConfig, signal: AbortSignal | undefined): Promise<CountedRows> {
  if (data.kind !== "dataSet") return { lengths: [], trained: Number.POSITIVE_INFINITY, heldOut: Number.POSITIVE_INFINITY };
  const unread = { lengths: [], trained: Number.POSITIVE_INFINITY, heldOut: data.validationRows };
  const dataSet = data.dataSetId === undefined ? undefined : await readDataSet(store.db, data.dataSetId);
  if (dataSet === undefined || dataSet.sizeBytes > mostBytesRead) return unread;
  try {
    const division = { data: { ...data, dataSetId: dataSet.id }, domainSets: null, task };
    const { lengths, sets, selectionRows, reportRows } = await dividedRows(division, dataSet, signal);
    return { lengths, trained: sets[0]?.trainRows ?? 0, heldOut: selectionRows + reportRows };
  } catch (error) {
    // What is wrong with the rows is said where the run is started.
    if (error instanceof ServiceError) return unread;
    throw error;
  }
}

/** The plan, scaled by measured over planned of the latest run over the same model whose memory was measured, of the same method if there is one. */
function memoryOf(
  config: RunConfig,
  model: ModelSummary,
  { measured }: Measurements,
): Pick<RunEstimate, "memory" | "memoryBytes" | "memoryBy"> {
  const plan = memoryPlan(config, model);
  if (plan === null) return { memory: null, memoryBytes: null, memoryBy: null };
  const like = measured.flatMap(({ run, config: ran, load }) => {
    const { peakMemoryBytes = null, besideShare } = run.cost ?? {};
    const isLike = load.modelId === model.id && load.frozenDtype === config.frozenDtype;
    // Without the share it is the memory of a whole process.
    return isLike && besideShare !== undefined && peakMemoryBytes !== null ? [{ run, ran, took: peakMemoryBytes }] : [];
  });
  const best = like.find(({ run }) => run.method === config.adapter.method) ?? like[0];
  const told = best === undefined ? null : memoryPlan(best.ran, model);
  if (best === undefined || told === null) return { memory: plan, memoryBytes: totalBytes(plan), memoryBy: null };
  const memory = scaledPlan(plan, best.took / totalBytes(told));
  return { memory, memoryBytes: totalBytes(memory), memoryBy: { id: best.run.id, name: best.run.name } };
}
