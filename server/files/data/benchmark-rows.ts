import { createHash } from "node:crypto";
import type { BenchmarkRows, BenchmarkTask } from "@/lib/contract/benchmark";
import type { ColumnMapping } from "@/lib/contract/data-set";
import { FileError } from "@/server/files/file-error";
import { choicesOf, parsedJson } from "./choice-row";
import type { DataRow } from "./data-row";
import type { DataSet } from "./data-set";
import { planRows, spread } from "./row-plan";

/** The rows of a benchmark: their numbers in the data set, their columns, and what tells them from all others. */
export type SelectedRows = { readonly numbers: Int32Array; readonly rows: readonly DataRow[]; readonly hash: string };

/**
 * The rows that a benchmark reads, in the data set's order.
 *
 * @throws FileError naming what leaves no row, or a row whose choices or answer cannot be read
 */
export async function selectBenchmarkRows(dataSet: DataSet, rows: BenchmarkRows, task: BenchmarkTask): Promise<SelectedRows> {
  const found = await numbersOf(dataSet, rows);
  if (found.length === 0) throw new FileError("invalid", dataSet.path, `has no row left to measure on: ${filtersOf(rows)}`);
  const numbers = spread(found, rows.count);
  const read = await readNumberedRows(dataSet, numbers);
  if (task.kind === "choice") {
    read.forEach((row, place) => {
      try {
        choicesOf(row, task);
      } catch (cause) {
        throw new FileError("invalid", dataSet.path, `row ${numbers[place]}: ${cause instanceof Error ? cause.message : String(cause)}`, {
          cause,
        });
      }
    });
  }
  return { numbers, rows: read, hash: hashOf(read, rows.mapping, task) };
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
  const rows = await readNumberedRows(dataSet, numbers);
  if (hashOf(rows, mapping, task) !== rowsHash) throw changed(dataSet);
  return rows;
}

/** Beginning of what a person knows a row by: its text, or its prompt. */
export function shownText(row: DataRow, mapping: ColumnMapping): string {
  switch (mapping.kind) {
    case "text":
    case "labelled":
      return plain(row[mapping.text]);
    case "promptCompletion":
      return plain(row[mapping.prompt]);
    case "instruction": {
      const input = mapping.input === undefined ? "" : plain(row[mapping.input]);
      return `${plain(row[mapping.instruction])}${input === "" ? "" : `\n\n${input}`}`;
    }
    case "messages":
      return contentsOf(row[mapping.messages]).slice(0, -1).join("\n\n");
  }
}

/** The right answer as it is written; null for plain texts. */
export function referenceOf(row: DataRow, mapping: ColumnMapping, task: BenchmarkTask): string | null {
  if (task.kind === "choice") {
    const { texts, answer } = choicesOf(row, task);
    return texts[answer] ?? null;
  }
  switch (mapping.kind) {
    case "text":
      return null;
    case "promptCompletion":
      return plain(row[mapping.completion]);
    case "instruction":
      return plain(row[mapping.output]);
    case "messages":
      return contentsOf(row[mapping.messages]).at(-1) ?? "";
    case "labelled":
      return plain(row[mapping.label]);
  }
}

async function numbersOf(dataSet: DataSet, { mapping, domains, part }: BenchmarkRows): Promise<Int32Array> {
  if (part.kind === "heldOut") {
    const { validationRows, heldOutPart } = part;
    return (await planRows(dataSet, mapping, { domains, validationRows, heldOutPart })).validation;
  }
  const wanted = domains === null ? null : new Set(domains);
  const numbers: number[] = [];
  let number = -1;
  for await (const row of dataSet.rows()) {
    number += 1;
    if (wanted !== null && !wanted.has(plain(mapping.domain === undefined ? "" : row[mapping.domain]))) continue;
    if (part.kind === "split" && plain(mapping.split === undefined ? "" : row[mapping.split]) !== part.name) continue;
    numbers.push(number);
  }
  return Int32Array.from(numbers);
}

/** Rows of these ascending numbers, in one pass. */
async function readNumberedRows(dataSet: DataSet, numbers: Int32Array): Promise<DataRow[]> {
  const rows: DataRow[] = [];
  let number = -1;
  for await (const row of dataSet.rows()) {
    number += 1;
    if (number === numbers[rows.length]) rows.push(row);
    if (rows.length === numbers.length) return rows;
  }
  throw changed(dataSet);
}

/** Of the columns that the benchmark reads, so that others may change. */
function hashOf(rows: readonly DataRow[], mapping: ColumnMapping, task: BenchmarkTask): string {
  const { kind: _kind, split: _split, ...roles } = mapping;
  // In the roles' order, for the database keeps none of its own.
  const mapped = Object.entries(roles).sort(([a], [b]) => (a < b ? -1 : 1));
  const columns = [...mapped.flatMap(([, column]) => column ?? []), ...(task.kind === "choice" ? [task.choices, task.answer] : [])];
  const hash = createHash("sha256");
  for (const row of rows) {
    const values = columns.map((column) => row[column] ?? null);
    hash.update(`${JSON.stringify(values, writable)}\n`);
  }
  return hash.digest("hex");
}

function writable(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function filtersOf({ part, domains }: BenchmarkRows): string {
  const of = domains === null ? "" : ` in ${domains.join(", ")}`;
  switch (part.kind) {
    case "split":
      return `none is of the split ${JSON.stringify(part.name)}${of}`;
    case "heldOut":
      return `none is held out${of}`;
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

function plain(value: unknown): string {
  return value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value, writable) : String(value);
}

/** Contents of `[{role, content}]` or sharegpt's `[{from, value}]`. */
function contentsOf(value: unknown): string[] {
  const turns: unknown = typeof value === "string" ? parsedJson(value) : value;
  if (!Array.isArray(turns)) return [];
  return turns.map((turn: unknown) => {
    if (typeof turn !== "object" || turn === null) return "";
    return plain("content" in turn ? turn.content : "value" in turn ? turn.value : "");
  });
}
