import { basename } from "node:path";
import { z } from "zod";
import { addBenchmarkRequest, benchmarkRows } from "@/lib/contract/benchmark";
import { measuringObstacle } from "@/lib/contract/benchmark-fit";
import { benchmarkItemAt } from "@/lib/contract/benchmark-items";
import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import { columnMapping } from "@/lib/contract/data-set";
import { answerNumbers, benchmarkTasks, metricsOfTask } from "@/lib/contract/tasks/benchmark-tasks";
import { type TaskKind, tasks } from "@/lib/contract/tasks/tasks";
import type { Items } from "@/lib/numbers/metrics/item-metrics";
import { measuredPlaces, scoreItems } from "@/lib/numbers/metrics/score-items";
import type { ItemReadings } from "@/server/engine/benchmarks/benchmark-material";
import { startEngine } from "@/server/engine/tensor/backend";
import { wholly } from "@/server/engine/tensor/in-parts";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { benchmarkProblem } from "@/server/files/data/benchmark-problem";
import { selectBenchmarkRows } from "@/server/files/data/benchmark-rows";
import { takeRows } from "@/server/files/data/data-set";
import { knownItems } from "@/server/files/data/known-items";
import { FileError } from "@/server/files/file-error";
import { openImageData } from "@/server/files/images/image-data";
import { kindAt, kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import type { Precision } from "@/server/runtime/models/load-base-model";
import { loadModel, type ModelPlace } from "@/server/runtime/models/loaded-model";
import { classNames } from "@/server/runtime/tasks/answers/class-names";
import type { TrainedModel } from "@/server/runtime/tasks/benchmark-work";
import { benchmarkWork } from "@/server/runtime/tasks/benchmark-works";
import { dataAt } from "./data-input";
import { parseJsonFile } from "./json-input";

export type BenchmarkEvaluation = {
  readonly model: string;
  readonly precision: Precision;
  /** Folder of what was trained. */
  readonly adapter: string;
  /** The benchmark's description. */
  readonly description: string;
  readonly output: string;
};

/** As `POST /api/benchmarks` takes it, with a path in the place of the data set; columns that are not mapped are recognised by their names. */
const benchmarkDescription = addBenchmarkRequest.extend({
  name: addBenchmarkRequest.shape.name.optional(),
  rows: benchmarkRows.omit({ dataSetId: true }).extend({ path: z.string().min(1), mapping: columnMapping.optional() }),
});

/**
 * Measures what was trained on a benchmark, beside its base model or the constant prediction. The score is printed as one line of JSON, as the API
 * gives it; the items are written as JSON lines, in the benchmark's order.
 *
 * @throws FileError naming the file and the key at fault, or what the run cannot be asked
 */
export async function evaluateBenchmark({ model: path, precision, adapter, description, output }: BenchmarkEvaluation): Promise<void> {
  const { rows, task, isGeneral, name } = parseJsonFile(description, benchmarkDescription);
  const mapping = rows.mapping ?? (await mappingAt(rows.path, task, path));
  const dataSet = await openImageData(rows.path);
  const columns = Object.keys((await takeRows(dataSet, 0, 1))[0] ?? {});
  const problem = benchmarkProblem({ rows: { ...rows, mapping }, task, isGeneral }, { name: rows.path, columns, domains: undefined });
  if (problem !== undefined) throw new FileError("invalid", description, `"${problem.field}": ${problem.message}`);
  const shape = { ...rows, mapping, dataSetId: rows.path };
  const selected = await selectBenchmarkRows(dataSet, shape, task);
  await startEngine();
  const model = loadAsked({ path, precision, folder: adapter });
  const benchmark = { name: name ?? basename(description), task: selected.task, rows: shape };
  const readsImages = model.base.kind === "imageEncoder";
  const obstacle = measuringObstacle({ name: adapter, kind: model.kind, classes: model.classes, readsImages }, benchmark);
  if (obstacle !== undefined) throw new FileError("invalid", adapter, obstacle);
  const reading = { dataSet, rows: selected.rows, numbers: selected.numbers, shape, task: selected.task };
  const { work } = await benchmarkWork(reading, model, new AbortController().signal);
  const known = knownItems(selected, { mapping, task });
  const itemsOf = itemReader(selected.task, known.items.references);
  const pair = { base: itemsOf(wholly(work("off"))), adapter: itemsOf(wholly(work("on"))) };
  const { reference } = benchmarkTasks[task.kind];
  const { domains, items } = known;
  const score = scoreItems({ names: metricsOfTask(selected.task), pair, reference: reference.name, domains, domainOf: items.domainOf });
  const lines = measuredPlaces(pair).map((place) => `${JSON.stringify(benchmarkItemAt(place, { ...items, domains }, pair))}\n`);
  writeFileAtomically(output, lines);
  process.stdout.write(`${JSON.stringify({ name: benchmark.name, rowsHash: selected.hash, task: selected.task, ...score })}\n`);
}

/** @param model path of the model that reads them; a model that gives no labels is refused by the caller */
async function mappingAt(path: string, task: BenchmarkTask, model: string) {
  const data = await dataAt(path, benchmarkTasks[task.kind].isLabelled ? (kindAt(model).labelled ?? "texts") : null);
  if (data.kind === "dataSet") return data.mapping;
  throw new FileError("invalid", path, "contains token ids: benchmarks need text, so that every model reads the same");
}

function loadAsked({ folder, ...place }: ModelPlace & { readonly folder: string }): TrainedModel & { readonly kind: TaskKind } {
  const model = loadModel({ ...place, folder });
  const kind = kindOfModel(model.base).taskOf(model);
  if (!tasks[kind].continuesText && model.classifier === undefined)
    throw new FileError("invalid", folder, "contains no head: train the adapter with its head in modules_to_save");
  return { ...model, kind, classes: classNames(folder, model) };
}

/** Readings as items, with predictions as numbers for classification and regression. */
function itemReader(task: BenchmarkTask, references: readonly string[] | null) {
  const targets = answerNumbers(task, references);
  return ({ lossSums, labelTokens, answers }: ItemReadings): Items & { readonly answers: readonly (string | null)[] | null } => ({
    lossSums,
    labelTokens,
    right: answers?.right ?? null,
    rightPerByte: answers?.rightPerByte ?? null,
    answers: answers?.texts ?? null,
    predictions: answerNumbers(task, answers?.texts ?? null),
    targets,
  });
}
