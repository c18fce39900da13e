import { isUtf8 } from "node:buffer";
import { setImmediate as nextRound } from "node:timers/promises";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { decompress as decompressZstandard } from "fzstd";
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  type ParquetScan,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type RowGroup,
  snappyUncompress,
} from "hyparquet";
import { FileError } from "@/server/files/file-error";
import { openReadable, type ReadableFile } from "@/server/files/readable-file";
import type { DataRow, ReadOptions } from "./data-row";
import { checkColumns } from "./row-limits";

/** Decoded bytes of a row group's columns that are decoded as a whole, and of a slice of all others. Pages are usually smaller. */
const wholeBytes = 1 << 25;
const sliceBytes = 1 << 23;
/** Rows given before the event loop comes round. */
const rowsARound = 1 << 11;
/** Bytes that a row group may hold in the columns that are read; ours. Columns of lists or structs can only be decoded as a whole. */
const largestGroup = 1 << 30;
/** Pages are usually a megabyte; a far larger stated size is damage, or meant to exhaust the memory. */
const largestPage = 1 << 28;
/** What a value takes beside its bytes. */
const bytesAValue = 8;

const compressors: Compressors = {
  SNAPPY: (bytes, length) => {
    const page = new Uint8Array(checkedPage(length));
    snappyUncompress(bytes, page);
    return page;
  },
  GZIP: (bytes, length) => gunzipSync(bytes, { maxOutputLength: checkedPage(length) }),
  BROTLI: (bytes, length) => brotliDecompressSync(bytes, { maxOutputLength: checkedPage(length) }),
  ZSTD: (bytes, length) => decompressZstandard(bytes, new Uint8Array(checkedPage(length))),
};

/**
 * Rows of a Parquet file, by row group: a page is decoded once or, at the edge of a slice, twice.
 *
 * @throws FileError naming the rows that cannot be decoded
 */
export async function* parquetRows(path: string, { columns, onRead, withBytes = false }: ReadOptions = {}): AsyncGenerator<DataRow> {
  const readable = openReadable(path);
  try {
    const file = new HeldRanges(readable, onRead);
    const { metadata, columns: all } = await readMetadata(path, file);
    checkColumns(path, "the schema", all.length);
    const read = columns === undefined ? all : all.filter(({ name }) => columns.includes(name));
    // Rows must be counted even where none of the columns exists.
    const taken = read.length === 0 ? all.slice(0, 1) : read;
    const scan = await opened(path, { file, metadata, columns: taken.map(({ name }) => name) });
    const groups = metadata.row_groups.filter((group) => group.num_rows > 0);
    for (const [place, { rowStart, rowEnd }] of scan.ranges.entries()) {
      file.drop();
      yield* groupRows(path, scan, { rowStart, rowEnd, withBytes, ...divided(path, groups[place], taken) });
    }
  } finally {
    readable.close();
  }
}

type Column = { readonly name: string; readonly isNested: boolean };
type Group = { readonly rowStart: number; readonly rowEnd: number; readonly withBytes: boolean } & Division;
type Division = {
  readonly columns: readonly Column[];
  /** Names of the columns that are decoded as a whole. */
  readonly whole: ReadonlySet<string>;
  /** Decoded bytes of the others. */
  readonly slicedBytes: number;
};

async function* groupRows(
  path: string,
  scan: ParquetScan,
  { rowStart, rowEnd, withBytes, columns, whole, slicedBytes }: Group,
): AsyncGenerator<DataRow> {
  const decoded = new Map<string, ArrayLike<unknown>>();
  for (const name of whole) decoded.set(name, await readColumn(path, scan, name, rowStart, rowEnd));
  const rows = Math.max(1, Math.ceil(((rowEnd - rowStart) * sliceBytes) / Math.max(slicedBytes, 1)));
  for (let from = rowStart; from < rowEnd; from += rows) {
    const to = Math.min(from + rows, rowEnd);
    const values: { name: string; data: ArrayLike<unknown>; first: number }[] = [];
    for (const { name } of columns) {
      const all = decoded.get(name);
      values.push(
        all === undefined
          ? { name, data: await readColumn(path, scan, name, from, to), first: from }
          : { name, data: all, first: rowStart },
      );
    }
    for (let row = from; row < to; row++) {
      // Decoding awaits no input or output: without this the event loop would not run for the whole file.
      if ((row - from) % rowsARound === 0) await nextRound();
      yield Object.fromEntries(values.map(({ name, data, first }) => [name, plain(data[row - first], withBytes)]));
    }
  }
}

async function readColumn(path: string, scan: ParquetScan, column: string, rowStart: number, rowEnd: number): Promise<ArrayLike<unknown>> {
  try {
    await nextRound();
    const data = await scan.readColumn({ column, rowStart, rowEnd });
    if (data.length < rowEnd - rowStart) throw new RangeError(`column "${column}" ends after ${data.length} of them`);
    return data;
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw new FileError("invalid", path, `rows ${rowStart + 1} to ${rowEnd} cannot be decoded (${reason(cause)})`, { cause });
  }
}

/**
 * Columns of lists and structs are decoded as a whole, as the format wants it; plain ones, too, from the smallest on, until they fill a budget: a page of
 * a narrow column spans many slices.
 *
 * @throws FileError for a group beyond the limit
 */
function divided(path: string, group: RowGroup | undefined, columns: readonly Column[]): Division {
  const flat = new Map<string, number>();
  const whole = new Set<string>();
  let held = 0;
  for (const { meta_data: chunk } of group?.columns ?? []) {
    const column = columns.find(({ name }) => name === chunk?.path_in_schema[0]);
    if (column === undefined || chunk === undefined) continue;
    const decoded = Number(chunk.total_uncompressed_size) + bytesAValue * Number(group?.num_rows ?? 0);
    if (column.isNested) whole.add(column.name);
    else flat.set(column.name, decoded);
    held += column.isNested ? decoded : Number(chunk.total_compressed_size);
  }
  if (held > largestGroup) {
    throw new FileError(
      "tooLarge",
      path,
      `a row group has ${held} bytes, more than the limit of ${largestGroup}; write the file with smaller row groups`,
    );
  }
  let left = wholeBytes;
  let slicedBytes = 0;
  for (const [name, bytes] of [...flat].sort(([, a], [, b]) => a - b)) {
    left -= bytes;
    if (left >= 0) whole.add(name);
    else slicedBytes += bytes;
  }
  return { columns, whole, slicedBytes };
}

/**
 * The file, with the byte ranges of one row group kept: slices of the same column read the same bytes. It reads at once rather than by promise,
 * because hyparquet begins reads that it may never await, and a rejected one would end the process.
 */
class HeldRanges implements AsyncBuffer {
  readonly byteLength: number;
  readonly #file: ReadableFile;
  readonly #onRead: (bytes: number) => void;
  readonly #held = new Map<string, ArrayBuffer>();

  constructor(file: ReadableFile, onRead: (bytes: number) => void = () => {}) {
    this.#file = file;
    this.#onRead = onRead;
    this.byteLength = file.sizeBytes;
  }

  slice(start: number, end = this.byteLength): ArrayBuffer {
    if (!(start >= 0 && start <= end && end <= this.byteLength)) {
      throw new FileError("invalid", this.#file.path, `points at bytes ${start} to ${end} of ${this.byteLength}; the file is damaged`);
    }
    const key = `${start} ${end}`;
    const held = this.#held.get(key);
    if (held !== undefined) return held;
    const { buffer } = new Uint8Array(end - start);
    this.#file.readAt(start, new Uint8Array(buffer));
    this.#held.set(key, buffer);
    this.#onRead(buffer.byteLength);
    return buffer;
  }

  drop(): void {
    this.#held.clear();
  }
}

async function readMetadata(path: string, file: AsyncBuffer): Promise<{ metadata: FileMetaData; columns: Column[] }> {
  try {
    const metadata = await parquetMetadataAsync(file);
    const columns = parquetSchema(metadata).children.map(({ element, children }) => ({
      name: element.name,
      isNested: children.length > 0,
    }));
    return { metadata, columns };
  } catch (cause) {
    throw new FileError("invalid", path, `is not a complete Parquet file (${reason(cause)}); download it again`, { cause });
  }
}

async function opened(path: string, options: { file: AsyncBuffer; metadata: FileMetaData; columns: string[] }): Promise<ParquetScan> {
  try {
    return await parquetScan({ ...options, compressors, utf8: false });
  } catch (cause) {
    throw new FileError("invalid", path, `cannot be read (${reason(cause)})`, { cause });
  }
}

/**
 * Values as JSON has them: 64-bit integers as numbers, dates as ISO text (null beyond ±100 million days). Bytes are text where they are UTF-8, which
 * old writers do not say, and an image's never are; else they are given, or left out of sight as their length.
 */
function plain(value: unknown, withBytes: boolean): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map((entry) => plain(entry, withBytes));
  if (value instanceof Uint8Array) return isUtf8(value) ? utf8.decode(value) : withBytes ? value : `${value.length} bytes`;
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry, withBytes)]));
  return value;
}

/** A byte order mark belongs to the text. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function checkedPage(length: number): number {
  if (length <= largestPage) return Math.max(length, 1);
  throw new RangeError(`a page of ${length} bytes; at most ${largestPage} are read`);
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // Such messages tell of the library's code, not of the file.
  return cause instanceof TypeError || /undefined|outside the bounds|Invalid (?:typed )?array/.test(cause.message)
    ? "its structure is damaged"
    : cause.message;
}
