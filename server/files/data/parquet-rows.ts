import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { decompress as decompressZstandard } from "fzstd";
import { type AsyncBuffer, type Compressors, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { FileError } from "@/server/files/file-error";
import { openReadable, type ReadableFile } from "@/server/files/readable-file";
import type { DataRow } from "./data-row";

/** Rows decoded at a time. */
const batchRows = 1000;

/** Snappy is hyparquet's own. */
const compressors: Compressors = {
  GZIP: (bytes) => gunzipSync(bytes),
  BROTLI: (bytes) => brotliDecompressSync(bytes),
  ZSTD: (bytes) => decompressZstandard(bytes),
};

/** Rows of a Parquet file, some thousand in memory at a time. @throws FileError naming the rows that cannot be decoded */
export async function* parquetRows(path: string): AsyncGenerator<DataRow> {
  const readable = openReadable(path);
  try {
    const file = asyncBuffer(readable);
    const metadata = await readMetadata(path, file);
    const total = Number(metadata.num_rows);
    for (let from = 0; from < total; from += batchRows) {
      const to = Math.min(from + batchRows, total);
      for (const row of await readBatch(path, file, metadata, from, to)) yield row;
    }
  } finally {
    readable.close();
  }
}

/** Reads at once rather than by promise: hyparquet begins reads that it may never await, and a rejected one would end the process. */
function asyncBuffer(file: ReadableFile): AsyncBuffer {
  return {
    byteLength: file.sizeBytes,
    slice(start, end = file.sizeBytes) {
      if (!(start >= 0 && start <= end && end <= file.sizeBytes)) {
        throw new FileError("invalid", file.path, `points at bytes ${start} to ${end} of ${file.sizeBytes}; the file is damaged`);
      }
      const bytes = new Uint8Array(end - start);
      file.readAt(start, bytes);
      return bytes.buffer;
    },
  };
}

async function readMetadata(path: string, file: AsyncBuffer): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(file);
  } catch (cause) {
    throw new FileError("invalid", path, `is not a whole Parquet file (${reason(cause)}); fetch it again`, { cause });
  }
}

async function readBatch(path: string, file: AsyncBuffer, metadata: FileMetaData, rowStart: number, rowEnd: number): Promise<DataRow[]> {
  try {
    const rows = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
    return rows.map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plain(value)])));
  } catch (cause) {
    throw new FileError("invalid", path, `rows ${rowStart + 1} to ${rowEnd} cannot be decoded (${reason(cause)})`, { cause });
  }
}

/** Values as JSON has them: 64-bit integers as numbers, dates as ISO text, bytes left out of sight as their length. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
  return value;
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
