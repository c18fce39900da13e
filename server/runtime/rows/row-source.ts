import { imageColumnOf } from "@/lib/contract/data-set";
import type { RunConfig } from "@/lib/contract/run-config";
import { stepsFilled } from "@/server/engine/training/step-rows";
import { type DataSet, openDataSet } from "@/server/files/data/data-set";
import { demandFewDomains, planRows, type RowPlan, shuffled, spread } from "@/server/files/data/row-plan";
import { openImageData } from "@/server/files/images/image-data";
import { hashFiles } from "@/server/runtime/hash-files";

export type TokenRowData = Extract<RunConfig["data"], { kind: "tokenRows" }>;
export type DataSetData = Extract<RunConfig["data"], { kind: "dataSet" }>;

export type TextOptions = {
  readonly data: DataSetData;
  /** Tokens kept of a row. */
  readonly maxTokens: number;
  readonly signal: AbortSignal;
};

/** How rows become tokens. */
export type RowSource<Row> = {
  /** Rows of a safetensors file that were tokenised beforehand. @throws FileError naming the tensor and the row at fault */
  tokenised(path: string): Row[];
  /**
   * Tokenises the rows of these numbers, in one pass over the dataset.
   *
   * @param wanted numbers of rows, from 0, in any order
   * @returns in the order of `wanted`
   * @throws FileError naming the file, the row and the column at fault
   */
  texts(dataSet: DataSet, wanted: Int32Array, options: TextOptions): Promise<Row[]>;
};

/** @throws Error where there is no path, FileError where there is nothing to read */
export async function openData({ path, mapping }: Pick<DataSetData, "path" | "mapping">): Promise<DataSet> {
  if (path === undefined) throw new Error("data.path is missing: the path of the dataset");
  return imageColumnOf(mapping) === undefined ? openDataSet(path) : openImageData(path);
}

/** The rows that a training takes, in the order in which they are taken when nothing is shuffled, and the held-out rows. */
export type TrainingRows<Row> = {
  readonly train: Row[];
  readonly validation: Row[];
  /** SHA-256 of the data's files. */
  readonly hash: string;
};

/** A dataset of which is known what each row is for. */
export type PlannedData = { readonly dataSet: DataSet; readonly plan: RowPlan };

/** @throws FileError when the data cannot be read, or has too many domains */
export async function planTraining(data: DataSetData): Promise<PlannedData> {
  const dataSet = await openData(data);
  const plan = await planRows(dataSet, data.mapping, data);
  demandFewDomains(dataSet, data.mapping, plan);
  return { dataSet, plan };
}

type Settings = { readonly data: DataSetData; readonly training: RunConfig["training"] };

/**
 * Reads the rows that a training needs, no more: of a large dataset those that its steps will come to, drawn by the run's seed.
 *
 * @throws FileError naming file and row
 */
export async function readTrainingRows<Row extends TokenisedRow>(
  source: RowSource<Row>,
  { data, training }: Settings,
  { dataSet, plan }: PlannedData,
  signal: AbortSignal,
): Promise<TrainingRows<Row>> {
  const order = training.shuffle ? shuffled(plan.train, training.seed) : plan.train;
  const chosen = order.subarray(0, training.steps * training.batchRows);
  const heldOut = spread(plan.validation, training.evaluationRows);
  const { maxTokens } = training;
  const read = (wanted: Iterable<number>) => source.texts(dataSet, Int32Array.from(wanted), { data, maxTokens, signal });
  const all = await read([...chosen, ...heldOut]);
  const train = all.slice(0, chosen.length);
  while (training.packing === true && train.length < order.length) {
    const enough = rowsEnough(train, training);
    if (enough <= train.length) break;
    train.push(...(await read(order.subarray(train.length, enough))));
  }
  return { train, validation: all.slice(chosen.length), hash: `sha256:${await dataSet.contentHash()}` };
}

type TokenisedRow = { readonly ids?: Int32Array | undefined };

/** With packing a step takes as many rows as fit: about how many all steps will take, a tenth more than these say; never more than eight times as many. */
function rowsEnough(rows: readonly TokenisedRow[], training: RunConfig["training"]): number {
  const filled = stepsFilled(
    rows.map(({ ids }) => ids?.length ?? 1),
    training,
  );
  if (filled >= training.steps) return rows.length;
  return Math.ceil(rows.length * Math.min(8, 1.1 * (training.steps / Math.max(filled, 1))));
}

/** All rows of files that were tokenised beforehand. @throws FileError naming file, tensor and row */
export async function readTokenisedTraining<Row>(
  source: RowSource<Row>,
  { path, validationPath }: TokenRowData,
): Promise<TrainingRows<Row>> {
  return {
    train: source.tokenised(path),
    validation: validationPath === undefined ? [] : source.tokenised(validationPath),
    hash: await hashFiles([path]),
  };
}

export type HeldOutRequest = {
  readonly data: RunConfig["data"];
  /** Tokens kept of a row. */
  readonly maxTokens: number;
  /** Most rows. */
  readonly count: number;
  readonly signal: AbortSignal;
};

/**
 * Rows that a run does not train on: of a dataset evenly spaced over them, at most `count`; of rows of token ids all.
 *
 * @returns none where the data holds none out
 * @throws FileError when the data cannot be read
 */
export async function readHeldOut<Row>(source: RowSource<Row>, { data, maxTokens, count, signal }: HeldOutRequest): Promise<Row[]> {
  if (data.kind === "tokenRows") return data.validationPath === undefined ? [] : source.tokenised(data.validationPath);
  const dataSet = await openData(data);
  const { validation } = await planRows(dataSet, data.mapping, data);
  return source.texts(dataSet, spread(validation, count), { data, maxTokens, signal });
}

/** Numbers of all rows that a mapping does not leave out, ascending. */
export async function numbersOfAll(dataSet: DataSet, mapping: DataSetData["mapping"]): Promise<Int32Array> {
  const { train, validation } = await planRows(dataSet, mapping, { domains: null, validationRows: 0 });
  return Int32Array.from([...train, ...validation]).sort();
}

/** So many of these, evenly spaced. */
export function takeSpread<Row>(rows: readonly Row[], count: number): Row[] {
  return Array.from(spread(Int32Array.from(rows.keys()), count)).flatMap((place) => rows[place] ?? []);
}
