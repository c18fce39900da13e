import { existsSync } from "node:fs";
import { type ColumnMapping, type DataSetSummary, mostDomains, type Preview } from "@/lib/contract/data-set";
import { canBeHeld } from "@/lib/contract/frozen-form";
import { columnsByRole } from "@/lib/contract/mapped-columns";
import { baselineOf, methodOf } from "@/lib/contract/methods/methods";
import type { Targets } from "@/lib/contract/methods/targets";
import type { ModelSummary } from "@/lib/contract/model";
import { hasLatents, type RunConfig } from "@/lib/contract/run-config";
import { modelTasksOf } from "@/lib/contract/tasks/model-tasks";
import { continuesText, taskOf } from "@/lib/contract/tasks/tasks";
import { ServiceError } from "@/server/services/errors";

type DataSetUse = Extract<RunConfig["data"], { kind: "dataSet" }>;

/**
 * What can be said about a configuration from the model's and the data's descriptions alone.
 *
 * @throws ServiceError `invalid`, naming the field and what to do
 */
export function checkConfig(config: RunConfig, model: ModelSummary, data: DataSetSummary | undefined): void {
  checkTask(config, model);
  if (!canBeHeld(config.frozenDtype, model)) {
    refuse(
      "config.frozenDtype",
      `${model.name} is not a GGUF file, so its weights cannot stay as in one: choose NF4, bfloat16 or float32.`,
    );
  }
  checkAdapter(config, model);
  const { maxTokens } = config.training;
  if (maxTokens > model.contextLength) {
    refuse(
      "config.training.maxTokens",
      `${maxTokens} tokens per row exceed the context of ${model.name}: choose at most ${model.contextLength}.`,
    );
  }
  if (config.data.kind === "tokenRows") {
    checkPath("config.data.path", config.data.path);
    if (config.data.validationPath !== undefined) checkPath("config.data.validationPath", config.data.validationPath);
  } else if (data !== undefined) {
    checkDataSet(config.data, model, data, "config.data");
    const { mapping, dataSetId } = config.collection ?? {};
    if (mapping !== undefined && dataSetId === undefined) checkMapping({ mapping, domains: null }, data, "config.collection");
  }
  if (taskOf(config).kind === "denoising" && (config.collection?.measuredLatents ?? 0) > 0) {
    refuse(
      "config.collection.measuredLatents",
      `${model.name} is a diffusion model, whose latents' effects are not measured: set it to 0.`,
    );
  }
  if (config.initAdapter !== undefined) checkPath("config.initAdapter", config.initAdapter);
}

/**
 * What can be said about the use of a data set from its description alone.
 *
 * @param field where it stands in the request
 * @throws ServiceError `invalid`, naming the field and what to do
 */
export function checkDataSet(use: DataSetUse, model: ModelSummary, data: DataSetSummary, field: string): void {
  checkMapping(use, data, field);
  if (use.useChatTemplate && !model.hasChatTemplate) {
    refuse(`${field}.useChatTemplate`, `${model.name} has no chat template: turn it off, or choose a chat model.`);
  }
}

/** @throws ServiceError `invalid` when nothing would be learnt from the data */
export function checkCounts(preview: Preview): void {
  if (preview.labelProblem != null) refuse("config.data.mapping", preview.labelProblem);
  if (preview.totalRows === 0) refuse("config.data", "The dataset has no rows.");
  if (preview.trainRows === 0) {
    refuse("config.data.validationRows", "No rows are left to train on: hold out fewer rows for evaluation, or use more data.");
  }
  if (preview.labelTokens === 0) {
    refuse(
      "config.data.mapping",
      "Every token of the data is masked, so there is nothing to learn: check the column mapping and the maximum row length.",
    );
  }
}

/** A language model generates text, an encoder gives classes or numbers. */
function checkTask(config: RunConfig, model: ModelSummary): void {
  const { data } = config;
  const reads = modelTasksOf(model);
  const problem = reads.taskProblem(model.name, taskOf(config));
  if (problem !== null) refuse("config.task", problem);
  const rows = data.kind === "dataSet" ? reads.rowsProblem(model.name, data) : null;
  if (rows !== null) refuse(`config.data.${rows.field}`, rows.message);
}

function checkAdapter({ adapter, collection, initAdapter, ...config }: RunConfig, model: ModelSummary): void {
  if (!hasLatents(adapter)) {
    const { subject } = baselineOf(adapter);
    if (collection !== null) refuse("config.collection", `${subject} has no latents to collect: set it to null.`);
    if (initAdapter !== undefined) refuse("config.initAdapter", `${subject} starts from the base model: leave it out.`);
  }
  const method = methodOf(adapter);
  const isLanguageModel = continuesText(config);
  const problem = method.problemOf(adapter, { modelName: model.name, isLanguageModel });
  const targets = method.targetsOf(adapter);
  if (typeof targets === "object") checkTargets(targets, model);
  if (problem !== null) refuse(`config.adapter.${problem.field}`, problem.message);
}

function checkTargets({ modules, layers }: Targets, model: ModelSummary): void {
  const names = model.projections.map(({ name }) => name);
  for (const target of modules) {
    const isMatch = names.some((name) => target === name || target.endsWith(`.${name}`) || name.endsWith(`.${target}`));
    if (!isMatch) {
      refuse("config.adapter.targets.modules", `${model.name} has no module "${target}". It has ${names.join(", ")}.`);
    }
  }
  const outside = layers?.find((layer) => layer >= model.numLayers);
  if (outside !== undefined) {
    refuse("config.adapter.targets.layers", `${model.name} has layers 0 to ${model.numLayers - 1}, and no layer ${outside}.`);
  }
  if (layers?.length === 0) refuse("config.adapter.targets.layers", "Choose at least one layer, or all (null).");
}

/**
 * Whether the columns and domains of a mapping are there, and few enough domains.
 *
 * @param field where the use of the data stands in the request; empty at its top
 * @throws ServiceError `invalid`, naming the field and what to do
 */
export function checkMapping({ mapping, domains }: Pick<DataSetUse, "mapping" | "domains">, data: DataSetSummary, field: string): void {
  checkColumns(mapping, data, field);
  if (domains !== null) checkDomains(domains, data, field);
  const distinct = data.columns.find(({ name }) => name === mapping.domain)?.distinct;
  // Unknown of data sets that were added before values were counted: the worker counts before it trains.
  const count = domains?.length ?? (distinct === null ? mostDomains + 1 : distinct);
  if (mapping.domain === undefined || count === undefined || count <= mostDomains) return;
  const many = domains === null ? `more than ${mostDomains}` : count;
  refuse(
    within(field, "mapping.domain"),
    `Column "${mapping.domain}" names ${many} domains, but statistics are kept for at most ${mostDomains} (our limit): choose another column, some of the domains, or none.`,
  );
}

function within(field: string, name: string): string {
  return field === "" ? name : `${field}.${name}`;
}

function checkColumns(mapping: ColumnMapping, data: DataSetSummary, field: string): void {
  const names = data.columns.map(({ name }) => name);
  for (const [role, column] of columnsByRole(mapping)) {
    if (names.includes(column)) continue;
    refuse(within(field, `mapping.${role}`), `${data.name} has no column "${column}". It has ${names.join(", ")}.`);
  }
}

function checkDomains(domains: readonly string[], data: DataSetSummary, field: string): void {
  const names = data.domains.map(({ name }) => name);
  const unknown = domains.find((domain) => names.length > 0 && !names.includes(domain));
  if (unknown !== undefined) refuse(within(field, "domains"), `${data.name} has no domain "${unknown}". It has ${names.join(", ")}.`);
  if (domains.length === 0) refuse(within(field, "domains"), "Choose at least one domain, or all (null).");
}

function checkPath(field: string, path: string): void {
  if (!existsSync(path)) refuse(field, `${path} does not exist. Give a path on the machine that runs the server.`);
}

function refuse(field: string, message: string): never {
  throw new ServiceError("invalid", message, { field });
}
