import { createHash } from "node:crypto";
import { createReadStream, readdirSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { asFileError, FileError } from "@/server/files/file-error";
import { csvRows } from "./csv-rows";
import type { DataRow, ReadOptions } from "./data-row";
import { domainColumns } from "./data-set-shape";
import { jsonLinesRows, jsonRows } from "./json-rows";
import { parquetRows } from "./parquet-rows";
import { passageRows } from "./passage-rows";

/** Rows on disk: one file, or a folder of files. Nothing is read before rows are requested. */
export type DataSet = {
  readonly path: string;
  readonly files: readonly string[];
  /** `jsonl`, `csv`, …; `jsonl, csv` for a folder of both. */
  readonly format: string;
  readonly sizeBytes: number;
  /** All rows in order of the files' names; streamed, in memory bounded by the limits of a row. @throws FileError naming file and line or row */
  rows(options?: ReadOptions): AsyncGenerator<DataRow>;
  /** SHA-256 of the files' bytes, in hexadecimal. */
  contentHash(): Promise<string>;
};

type Reader = (path: string, options?: ReadOptions) => AsyncGenerator<DataRow>;

const readers: Readonly<Record<string, Reader>> = {
  jsonl: jsonLinesRows,
  ndjson: jsonLinesRows,
  json: jsonRows,
  csv: (path, options) => csvRows(path, "auto", options),
  tsv: (path, options) => csvRows(path, "\t", options),
  parquet: parquetRows,
  txt: passageRows,
};

const readable = Object.keys(readers).join(", ");

/** Descriptions that the datasets library lays beside the data. */
const descriptions: readonly string[] = ["dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"];

/**
 * Opens a JSONL, JSON, CSV, TSV, Parquet or text file, or a folder of them. In a folder a file's name stands in for what its rows lack: `train`,
 * `validation` and `test` files (of MNLI `validation_matched` and others) give a column `split`, other names a column `domain`.
 *
 * @throws FileError when there is nothing of these formats
 */
export function openDataSet(path: string): DataSet {
  const isFolder = isFolderAt(path);
  const files = isFolder ? dataFiles(path) : [path];
  for (const file of files) readerOf(file);
  return {
    path,
    files,
    format: [...new Set(files.map(formatOf))].join(", "),
    sizeBytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
    async *rows(options) {
      for (const file of files) yield* isFolder ? namedRows(file, options) : readerOf(file)(file, options);
    },
    contentHash: () => hashOf(files),
  };
}

/** @throws FileError when files with this name's ending are not read */
export function demandDataFormat(fileName: string): void {
  readerOf(fileName);
}

/**
 * Some rows of a data set; those before them are read and dropped.
 *
 * @param from index of the first row
 * @param options.mostBytes reading more to reach them is refused
 * @param options.withBytes whether binary values are given as they are; else their length is, in words
 */
export async function takeRows(
  dataSet: DataSet,
  from: number,
  count: number,
  { mostBytes = Number.POSITIVE_INFINITY, withBytes = false }: { readonly mostBytes?: number; readonly withBytes?: boolean } = {},
): Promise<DataRow[]> {
  let left = mostBytes;
  const onRead = (bytes: number): void => {
    left -= bytes;
    if (left >= 0) return;
    throw new FileError(
      "tooLarge",
      dataSet.path,
      `row ${from + 1} is more than ${mostBytes} bytes into the data, the limit for showing rows`,
    );
  };
  const rows: DataRow[] = [];
  let index = 0;
  for await (const row of dataSet.rows({ onRead, withBytes, bytesFrom: from })) {
    if (index++ >= from) rows.push(row);
    if (rows.length >= count) break;
  }
  return rows;
}

/** Text files count only where there is nothing else: beside tables they are licences and notes. */
function dataFiles(folder: string): string[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && !entry.name.startsWith(".") && !descriptions.includes(entry.name) && formatOf(entry.name) in readers,
    )
    .map((entry) => entry.name)
    .sort();
  const tables = names.filter((name) => formatOf(name) !== "txt");
  if (names.length === 0) throw new FileError("invalid", folder, `contains no data file; supported: ${readable}`);
  return (tables.length > 0 ? tables : names).map((name) => join(folder, name));
}

async function* namedRows(file: string, options?: ReadOptions): AsyncGenerator<DataRow> {
  const name = basename(file, extname(file));
  const [, found, part = ""] = /^(?:.*[._-])?(train|validation|valid|val|dev|test)(_(?:mis)?matched)?(?:[._-].*)?$/i.exec(name) ?? [];
  const split = found?.toLowerCase();
  const added =
    split === undefined
      ? { domain: name }
      : { split: `${split === "train" || split === "test" ? split : "validation"}${part.toLowerCase()}` };
  const taken = split === undefined ? domainColumns : ["split"];
  const needed = options?.columns && { columns: [...options.columns, ...taken] };
  for await (const row of readerOf(file)(file, { ...options, ...needed }))
    yield taken.some((column) => column in row) ? row : { ...row, ...added };
}

function readerOf(file: string): Reader {
  const format = formatOf(file);
  const reader = Object.hasOwn(readers, format) ? readers[format] : undefined;
  if (reader === undefined)
    throw new FileError("invalid", file, `has the ending "${extname(file)}", which is not supported; supported: ${readable}`);
  return reader;
}

function formatOf(file: string): string {
  return extname(file).slice(1).toLowerCase();
}

/** @throws FileError when there is nothing at the path */
export function isFolderAt(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw asFileError(path, error);
  }
}

async function hashOf(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  }
  return hash.digest("hex");
}
