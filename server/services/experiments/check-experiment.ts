import type { DataSetSummary } from "@/lib/contract/data-set";
import type { ExperimentRequest } from "@/lib/contract/experiment";
import type { ModelSummary } from "@/lib/contract/model";
import { runConfig } from "@/lib/contract/run-config";
import { readBenchmark, readBenchmarkItems } from "@/server/db/benchmarks/benchmarks";
import { readDataSet } from "@/server/db/library/data-sets";
import { readModel } from "@/server/db/library/models";
import { openDataSet } from "@/server/files/data/data-set";
import { heldOutHalves, planRows } from "@/server/files/data/row-plan";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError, withFileErrors } from "@/server/services/errors";
import { checkConfig } from "@/server/services/runs/check-config";
import { matchArms } from "./match-arms";
import { planTrials, type Setting } from "./plan-trials";

/** A request that can be started. */
export type CheckedExperiment = {
  readonly request: ExperimentRequest;
  readonly model: ModelSummary;
  readonly data: DataSetSummary;
  /** By arm: equally many. */
  readonly settings: readonly (readonly Setting[])[];
  readonly selectionRows: number;
  readonly reportRows: number;
};

/**
 * What can be said about an experiment before it starts.
 *
 * @throws ServiceError naming the field at fault and what to do
 */
export async function checkExperiment(context: ServiceContext, request: ExperimentRequest): Promise<CheckedExperiment> {
  const { db } = context.store;
  const { training, earlyStopping, arms } = request;
  const model = (await readModel(db, request.model)) ?? refuse("model", `There is no model "${request.model}". Add it on the page Models.`);
  const data = (await readDataSet(db, request.data.dataSetId)) ?? refuse("data", "There is no such data set. Add it on the page Data.");
  for (const [place, { adapters }] of arms.entries())
    for (const [at, adapter] of adapters.entries()) checkAdapter({ request, model, data }, adapter, `arms.${place}.adapters.${at}`);
  const settings = planTrials(request);
  matchArms(request, model);
  if (earlyStopping !== null && training.evaluateEvery === 0)
    refuse("training.evaluateEvery", "Early stopping needs evaluations: say after how many steps each, or switch early stopping off.");
  if (earlyStopping !== null && earlyStopping.firstStep >= training.steps)
    refuse("earlyStopping.firstStep", `Trials end after step ${training.steps}: choose an earlier step, or switch early stopping off.`);
  const halves = await halvesOf(request, data);
  const [selectionRows, reportRows] = [halves.selection.length, halves.report.length];
  if (selectionRows < 2 || reportRows < 2) {
    refuse(
      "data.validationRows",
      `Of the held-out rows ${selectionRows} would choose settings and ${reportRows} report results: both need 2 at least. Hold more rows out.`,
    );
  }
  if (training.evaluationRows < 2)
    refuse("training.evaluationRows", "Settings are chosen by their loss on held-out rows: evaluate 2 at least.");
  await checkBenchmarks(context, request, halves.selection);
  return { request, model, data, settings, selectionRows, reportRows };
}

type Parts = { readonly request: ExperimentRequest; readonly model: ModelSummary; readonly data: DataSetSummary };

function checkAdapter(
  { request, model, data }: Parts,
  adapter: ExperimentRequest["arms"][number]["adapters"][number],
  field: string,
): void {
  const training = { ...request.training, learningRate: 1 };
  const { frozenDtype, task } = request;
  const shared = { model: model.id, frozenDtype, ...(task === undefined ? {} : { task }) };
  const config = runConfig.parse({ ...shared, data: request.data, adapter, training });
  try {
    checkConfig(config, model, data);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const own = error.field?.replace(/^config\.adapter/, field).replace(/^config\./, "");
    throw new ServiceError(error.code, error.message, own === undefined ? {} : { field: own });
  }
}

/** Halves of the held-out rows, kept for the latest data sets: the form asks again at every change. */
const latestHalves = new Map<string, Promise<Awaited<ReturnType<typeof heldOutHalves>>>>();
const mostHalves = 8;

function halvesOf({ data: { mapping, domains, validationRows } }: ExperimentRequest, { id, path, createdAt }: DataSetSummary) {
  const key = JSON.stringify([id, createdAt, mapping, domains, validationRows]);
  const known = latestHalves.get(key);
  if (known !== undefined) return known;
  const read = withFileErrors(async () => {
    const dataSet = openDataSet(path);
    const { validation } = await planRows(dataSet, mapping, { domains, validationRows });
    return heldOutHalves(dataSet, mapping, validation);
  }, "data");
  latestHalves.set(key, read);
  read.catch(() => latestHalves.delete(key));
  const oldest = latestHalves.keys().next().value;
  if (latestHalves.size > mostHalves && oldest !== undefined) latestHalves.delete(oldest);
  return read;
}

/** Results must not be reported on rows that settings were chosen by. */
async function checkBenchmarks({ store }: ServiceContext, { benchmarks, data }: ExperimentRequest, selection: Int32Array): Promise<void> {
  const chosenBy = new Set(selection);
  for (const [place, id] of benchmarks.entries()) {
    const field = `benchmarks.${place}`;
    const benchmark = (await readBenchmark(store.db, id)) ?? refuse(field, "There is no such benchmark. It may have been removed.");
    if (benchmark.rows.dataSetId !== data.dataSetId) continue;
    const numbers = (await readBenchmarkItems(store.db, id))?.numbers ?? new Int32Array();
    const shared = numbers.reduce((sum, number) => sum + (chosenBy.has(number) ? 1 : 0), 0);
    if (shared === 0) continue;
    refuse(
      field,
      `${benchmark.name} reads ${shared} rows that the sweep chooses settings by, so its results would flatter them. Leave it out: the rows that results are reported on become a benchmark of their own.`,
    );
  }
}

function refuse(field: string, message: string): never {
  throw new ServiceError("invalid", message, { field });
}
