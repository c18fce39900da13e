import { createHash } from "node:crypto";
import type { BenchmarkRows } from "@/lib/contract/benchmark";
import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import { type ColumnMapping, imageColumnOf, labelColumnOf } from "@/lib/contract/data-set";
import { columnsByRole } from "@/lib/contract/mapped-columns";
import { FileError } from "@/server/files/file-error";
import type { DataRow } from "./data-row";
import type { DataSet } from "./data-set";
import { withDigest } from "./image-digest";
import { planRows, spread } from "./row-plan";
import { plain, writable } from "./row-texts";
import { benchmarkDataOf } from "./tasks/benchmark-data-of";
import type { WrittenLabel } from "./tasks/task-labels";

/** The rows of a benchmark: their numbers in the data set, their columns, and what tells them from all others. */
export type SelectedRows = {
  readonly numbers: Int32Array;
  readonly rows: readonly DataRow[];
  readonly hash: string;
  /** With the classes and the metric that the rows' labels settle. */
  readonly task: BenchmarkTask;
};

/**
 * The rows that a benchmark reads, in the data set's order.
 *
 * @throws FileError naming what leaves no row, a row whose choices or answer cannot be read, or what is wrong with the labels
 */
export async function selectBenchmarkRows(dataSet: DataSet, rows: BenchmarkRows, task: BenchmarkTask): Promise<SelectedRows> {
  const found = await numbersOf(dataSet, rows);
  if (found.length === 0) throw new FileError("invalid", dataSet.path, `has no rows left to measure on: ${filtersOf(rows)}`);
  const numbers = spread(found, rows.count);
  const read = await readNumberedRows(dataSet, numbers, imageColumnOf(rows.mapping));
  const refuse = (cause: unknown, place?: number) => {
    const problem = cause instanceof Error ? cause.message : String(cause);
    return new FileError("invalid", dataSet.path, place === undefined ? problem : `row ${numbers[place]}: ${problem}`, { cause });
  };
  const own = benchmarkDataOf(task);
  read.forEach((row, place) => {
    try {
      own.checkRow(row, task);
    } catch (cause) {
      throw refuse(cause, place);
    }
  });
  try {
    const settled = own.settle(task, () => writtenLabels(read, numbers, rows));
    return { numbers, rows: read, hash: hashOf(read, rows.mapping, task), task: settled };
  } catch (cause) {
    throw refuse(cause);
  }
}

/**
 * The rows that were selected before.
 *
 * @throws FileError when any has changed since
 */
export async function readSelectedRows(
  dataSet: DataSet,
  numbers: Int32Array,
  { rows: { mapping }, task, rowsHash }: { readonly rows: BenchmarkRows; readonly task: BenchmarkTask; readonly rowsHash: string },
): Promise<readonly DataRow[]> {
  const rows = await readNumberedRows(dataSet, numbers, imageColumnOf(mapping));
  if (hashOf(rows, mapping, task) !== rowsHash) throw changed(dataSet);
  return rows;
}

async function numbersOf(dataSet: DataSet, { mapping, domains, part }: BenchmarkRows): Promise<Int32Array> {
  if (part.kind === "heldOut") {
    const { validationRows, heldOutPart, split } = part;
    const { validation } = await planRows(dataSet, mapping, { domains, validationRows, heldOutPart });
    return split === undefined ? validation : ofSplit(dataSet, mapping, validation, split);
  }
  const wanted = domains === null ? null : new Set(domains);
  const numbers: number[] = [];
  let number = -1;
  const columns = [mapping.domain, mapping.split].filter((column) => column !== undefined);
  for await (const row of dataSet.rows({ columns })) {
    number += 1;
    if (wanted !== null && !wanted.has(plain(mapping.domain === undefined ? "" : row[mapping.domain]))) continue;
    if (part.kind === "split" && splitOf(row, mapping) !== part.name) continue;
    numbers.push(number);
  }
  return Int32Array.from(numbers);
}

/** Those of these ascending numbers whose split has this name. */
async function ofSplit(dataSet: DataSet, mapping: ColumnMapping, numbers: Int32Array, name: string): Promise<Int32Array> {
  const rows = await readNumberedRows(dataSet, numbers);
  return numbers.filter((_, place) => splitOf(rows[place] ?? {}, mapping) === name);
}

/** Rows of these ascending numbers, in one pass. @param image column of images, which are read as their hashes; they are not read where it is not said */
async function readNumberedRows(dataSet: DataSet, numbers: Int32Array, image?: string): Promise<DataRow[]> {
  const rows: DataRow[] = [];
  if (numbers.length === 0) return rows;
  let number = -1;
  for await (const row of dataSet.rows({ withBytes: image !== undefined })) {
    number += 1;
    if (number === numbers[rows.length]) rows.push(withDigest(row, image));
    if (rows.length === numbers.length) return rows;
  }
  throw changed(dataSet);
}

function splitOf(row: DataRow, { split }: ColumnMapping): string {
  return split === undefined ? "" : plain(row[split]);
}

function writtenLabels(rows: readonly DataRow[], numbers: Int32Array, shape: BenchmarkRows): WrittenLabel[] {
  demandOneOfMnli(rows, shape);
  return rows.map((row, place) => writtenLabel(row, numbers[place] ?? place, shape.mapping));
}

function writtenLabel(row: DataRow, number: number, mapping: ColumnMapping): WrittenLabel {
  const column = labelColumnOf(mapping);
  const label = column === undefined ? "" : plain(row[column]);
  return { label, row: number, split: mapping.split === undefined ? undefined : splitOf(row, mapping) };
}

/**
 * MNLI is reported as two numbers, of rows from the training's sources and from others; their mean is neither.
 *
 * @throws Error where rows of both are read
 */
function demandOneOfMnli(rows: readonly DataRow[], { mapping }: BenchmarkRows): void {
  for (const [what, column] of Object.entries({ split: mapping.split, domain: mapping.domain })) {
    if (column === undefined) continue;
    const names = new Set(rows.map((row) => plain(row[column])));
    const both = [...names].filter((name) => /(?:^|[_-])(?:mis)?matched$/.test(name));
    if (both.length > 1)
      throw new Error(
        `rows are of ${both.sort().join(" and ")}, which are separate benchmarks and are never averaged: choose one ${what} for each`,
      );
  }
}

/** Of the columns that the benchmark reads, so that others may change. */
function hashOf(rows: readonly DataRow[], mapping: ColumnMapping, task: BenchmarkTask): string {
  // In the roles' order, for the database keeps none of its own.
  const mapped = columnsByRole({ ...mapping, split: undefined }).sort(([a], [b]) => (a < b ? -1 : 1));
  const columns = [...mapped.map(([, column]) => column), ...benchmarkDataOf(task).columns(task)];
  const hash = createHash("sha256");
  for (const row of rows) {
    const values = columns.map((column) => row[column] ?? null);
    hash.update(`${JSON.stringify(values, writable)}\n`);
  }
  return hash.digest("hex");
}

function filtersOf({ part, domains }: BenchmarkRows): string {
  const of = domains === null ? "" : ` in ${domains.join(", ")}`;
  switch (part.kind) {
    case "split":
      return `none is in the split ${JSON.stringify(part.name)}${of}`;
    case "heldOut":
      return `none is held out${of}${part.split === undefined ? "" : ` of the split ${JSON.stringify(part.split)}`}`;
    case "all":
      return domains === null ? "it is empty" : `none is${of}`;
  }
}

function changed(dataSet: DataSet): FileError {
  return new FileError(
    "invalid",
    dataSet.path,
    "has changed since the benchmark was made: make a new one, so that results stay comparable",
  );
}
