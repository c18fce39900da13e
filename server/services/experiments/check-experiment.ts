import { measuringObstacle } from "@/lib/contract/benchmark-fit";
import { type DataSetSummary, imageColumnOf } from "@/lib/contract/data-set";
import type { ExperimentRequest } from "@/lib/contract/experiment";
import { isDiffusion, type ModelSummary, readsImagesInText } from "@/lib/contract/model";
import { runConfig } from "@/lib/contract/run-config";
import { namedClasses, taskOf } from "@/lib/contract/tasks/tasks";
import { readBenchmark, readBenchmarkItems } from "@/server/db/benchmarks/benchmarks";
import { readDataSet } from "@/server/db/library/data-sets";
import { readModel } from "@/server/db/library/models";
import { rowUses } from "@/server/files/data/divide-rows";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { checkConfig } from "@/server/services/runs/check-config";
import { type DividedRows, dividedRows } from "./divided-rows";
import { matchArms } from "./match-arms";
import { planTrials, type Setting } from "./plan-trials";

/** A request that can be started. */
export type CheckedExperiment = {
  readonly request: ExperimentRequest;
  readonly model: ModelSummary;
  readonly data: DataSetSummary;
  /** By arm: equally many. */
  readonly settings: readonly (readonly Setting[])[];
  readonly rows: DividedRows;
};

/**
 * What can be said about an experiment before it starts.
 *
 * @param signal ends the reading of its data
 * @throws ServiceError naming the field at fault and what to do
 */
export async function checkExperiment(
  context: ServiceContext,
  request: ExperimentRequest,
  signal?: AbortSignal,
): Promise<CheckedExperiment> {
  const { db } = context.store;
  const { training, earlyStopping, arms } = request;
  const model = (await readModel(db, request.model)) ?? refuse("model", `There is no model "${request.model}". Add it on the Models page.`);
  if (isDiffusion(model))
    refuse("model", `${model.name} is a diffusion model, of which no benchmark is measured: choose a language model or an encoder.`);
  if (readsImagesInText(model))
    refuse("model", `${model.name} reads images within texts, and benchmarks have none: choose another language model or an encoder.`);
  const data = (await readDataSet(db, request.data.dataSetId)) ?? refuse("data", "There is no such dataset. Add it on the Data page.");
  for (const [place, { adapters }] of arms.entries())
    for (const [at, adapter] of adapters.entries()) checkAdapter({ request, model, data }, adapter, `arms.${place}.adapters.${at}`);
  const settings = planTrials(request);
  matchArms(request, model);
  if (earlyStopping !== null && training.evaluateEvery === 0)
    refuse("training.evaluateEvery", "Early stopping needs evaluations: set the steps between them, or turn early stopping off.");
  if (earlyStopping !== null && earlyStopping.firstStep >= training.steps)
    refuse("earlyStopping.firstStep", `Trials end after step ${training.steps}: choose an earlier step, or turn early stopping off.`);
  checkDomainSets(request, data);
  const rows = await dividedRows(request, data, signal);
  checkRows(request, rows);
  if (training.evaluationRows < 2)
    refuse("training.evaluationRows", "Settings are selected by their loss on held-out rows: evaluate at least 2.");
  await checkBenchmarks(context, request, rows);
  return { request, model, data, settings, rows };
}

/** @throws ServiceError naming the set that the data does not have */
function checkDomainSets({ domainSets, data: { mapping, domains } }: ExperimentRequest, { domains: known }: DataSetSummary): void {
  if (domainSets === null) return;
  if (mapping.domain === undefined)
    refuse("data.mapping.domain", "Arms are trained on sets of domains: map the column that holds a row's domain.");
  const names = domains ?? known.map((domain) => domain.name);
  for (const [place, set] of domainSets.entries()) {
    const stranger = set.find((domain) => names.length > 0 && !names.includes(domain));
    if (stranger !== undefined)
      refuse(`domainSets.${place}`, `"${stranger}" is not among the domains that results are reported on: ${names.join(", ")}.`);
  }
}

/** @throws ServiceError where too few rows would choose, or report */
function checkRows({ domainSets, data: { domains } }: ExperimentRequest, { sets, reportRows, reportDomains }: DividedRows): void {
  for (const [place, { selectionRows }] of sets.entries()) {
    if (selectionRows >= 2 && reportRows >= 2) continue;
    const where = domainSets === null ? "" : ` of ${domainSets[place]?.join(", ")}`;
    refuse(
      "data.validationRows",
      `The held-out rows split into ${selectionRows} selection rows${where} and ${reportRows} report rows: each needs at least 2. Hold out more rows.`,
    );
  }
  if (domainSets === null) return;
  for (const domain of domains ?? reportDomains.keys()) {
    const count = reportDomains.get(domain) ?? 0;
    if (count >= 2) continue;
    refuse(
      "data.validationRows",
      `${count === 0 ? "No report row is" : "Only one report row is"} of the domain ${domain}: every domain needs at least 2. Hold out more rows, or leave that domain out.`,
    );
  }
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

/** Results must not be reported on rows that settings were chosen by, or that runs are trained on; nor of what final runs cannot be asked. */
async function checkBenchmarks({ store }: ServiceContext, request: ExperimentRequest, { uses }: DividedRows): Promise<void> {
  const { benchmarks, data } = request;
  const task = taskOf(request);
  const asked = {
    name: "A final run",
    kind: task.kind,
    classes: namedClasses(task) ?? undefined,
    readsImages: imageColumnOf(data.mapping) !== undefined,
  };
  for (const [place, id] of benchmarks.entries()) {
    const field = `benchmarks.${place}`;
    const benchmark = (await readBenchmark(store.db, id)) ?? refuse(field, "There is no such benchmark. It may have been removed.");
    const obstacle = measuringObstacle(asked, benchmark);
    if (obstacle !== undefined) refuse(field, obstacle);
    if (benchmark.rows.dataSetId !== data.dataSetId) continue;
    const numbers = (await readBenchmarkItems(store.db, id))?.numbers ?? new Int32Array();
    for (const [use, what] of [
      [rowUses.chosenBy, "that the sweep selects settings on"],
      [rowUses.trainedOn, "that may be trained on"],
    ] as const) {
      const shared = numbers.reduce((sum, number) => sum + (((uses[number] ?? 0) & use) === 0 ? 0 : 1), 0);
      if (shared === 0) continue;
      refuse(
        field,
        `${benchmark.name} reads ${shared} rows ${what}, so its results would be biased. Leave it out: the report rows become their own benchmark.`,
      );
    }
  }
}

function refuse(field: string, message: string): never {
  throw new ServiceError("invalid", message, { field });
}
