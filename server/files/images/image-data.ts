import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { csvRows } from "@/server/files/data/csv-rows";
import type { DataRow, ReadOptions } from "@/server/files/data/data-row";
import { type DataSet, openDataSet } from "@/server/files/data/data-set";
import { jsonLinesRows } from "@/server/files/data/json-rows";
import { FileError } from "@/server/files/file-error";
import { openFiles, type StoredFile, type StoredFiles } from "./image-files";

/** A picture in a row, as the datasets library keeps it: its bytes, and where they are from. */
export type StoredImage = { readonly path: string | null; readonly bytes: Uint8Array };

/** Column of the pictures in the rows of a folder or archive. */
const imageColumn = "image";

/** Endings of pictures. Those that are not read are rows, too, so that they are refused by name rather than passed over. */
const endings: ReadonlySet<string> = new Set([".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".avif"]);

/**
 * Opens pictures with what is known of them: a table with a column of pictures (Parquet), or a folder or zip archive of them, laid out as the
 * datasets library's `imagefolder`. A folder's or archive's rows have the columns
 *
 * - `image`: `{ path, bytes }`; bytes where they are wanted, else their number in words;
 * - `label`: the folder that a picture is in, if any;
 * - `split`: the outermost folder, where one is called train;
 * - those of `metadata.csv` or `metadata.jsonl` beside the folders, whose `file_name` says which picture a line is of.
 *
 * @throws FileError when there is nothing of these formats
 */
export async function openImageData(path: string): Promise<DataSet> {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  if (!isFolder && extname(path).toLowerCase() !== ".zip") return openDataSet(path);
  const stored = await openFiles(path);
  try {
    const images = stored.files.filter(({ name }) => endings.has(extname(name).toLowerCase()));
    if (images.length === 0 && isFolder) return openDataSet(path);
    if (images.length === 0) throw new FileError("invalid", path, "contains no picture; PNG, JPEG and WebP are read");
    return imageDataOf(path, stored, images);
  } finally {
    stored.close();
  }
}

function imageDataOf(path: string, { files }: StoredFiles, images: readonly StoredFile[]): DataSet {
  const metadata = files.find(({ name }) => name === "metadata.csv" || name === "metadata.jsonl");
  if (metadata !== undefined && extname(path).toLowerCase() === ".zip")
    throw new FileError("invalid", path, `contains ${metadata.name}, which is read in folders only: unpack the archive`);
  const hasSplits = images.some(({ name }) => name.startsWith("train/"));
  return {
    path,
    files: [path],
    format: [...new Set(images.map(({ name }) => extname(name).slice(1).toLowerCase()))].sort().join(", "),
    sizeBytes: images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    async *rows({ columns, onRead, withBytes = false }: ReadOptions = {}) {
      const known = metadata === undefined ? undefined : await readMetadata(join(path, metadata.name), images);
      const stored = await openFiles(path);
      try {
        for (const file of images) {
          const others = { ...placeOf(file, hasSplits), ...known?.get(file.name) };
          if (columns?.includes(imageColumn) === false) {
            yield others;
          } else if (withBytes) {
            onRead?.(file.sizeBytes);
            yield { [imageColumn]: { path: file.name, bytes: await stored.read(file) }, ...others };
          } else {
            yield { [imageColumn]: { path: file.name, bytes: `${file.sizeBytes} bytes` }, ...others };
          }
        }
      } finally {
        stored.close();
      }
    },
    async contentHash() {
      const hash = createHash("sha256");
      const stored = await openFiles(path);
      try {
        for (const file of [...images, ...(metadata === undefined ? [] : [metadata])]) {
          hash.update(`${file.name}\0${file.sizeBytes}\0`);
          hash.update(await stored.read(file));
        }
      } finally {
        stored.close();
      }
      return hash.digest("hex");
    },
  };
}

/** What a picture's folders say of it. */
function placeOf({ name }: StoredFile, hasSplits: boolean): DataRow {
  const folders = name.split("/").slice(0, -1);
  const split = hasSplits ? folders.shift() : undefined;
  const label = folders.at(-1);
  return { ...(label === undefined ? {} : { label }), ...(split === undefined ? {} : { split }) };
}

/** Columns of each picture, by its name. @throws FileError for a line of no picture, and pictures without a line */
async function readMetadata(path: string, images: readonly StoredFile[]): Promise<ReadonlyMap<string, DataRow>> {
  const rows = path.endsWith(".csv") ? csvRows(path, "auto") : jsonLinesRows(path);
  const names = new Set(images.map(({ name }) => name));
  const found = new Map<string, DataRow>();
  for await (const { file_name: name, ...columns } of rows) {
    if (typeof name !== "string") throw new FileError("invalid", path, 'a line has no "file_name": it says which picture the line is of');
    if (!names.has(name)) throw new FileError("invalid", path, `names the picture "${name}", which is not in the folder`);
    found.set(name, columns);
  }
  const missing = images.find(({ name }) => !found.has(name));
  if (missing !== undefined) throw new FileError("invalid", path, `has no line for the picture "${missing.name}"`);
  return found;
}

/**
 * The picture in a row's column.
 *
 * @param place names the row in errors
 * @throws FileError where there is none
 */
export function imageOf({ path }: DataSet, columns: DataRow, column: string, place: string): StoredImage {
  const value = Object.hasOwn(columns, column) ? columns[column] : undefined;
  if (value instanceof Uint8Array) return { path: null, bytes: value };
  if (typeof value === "object" && value !== null && "bytes" in value && value.bytes instanceof Uint8Array) {
    return { path: "path" in value && typeof value.path === "string" ? value.path : null, bytes: value.bytes };
  }
  throw new FileError("invalid", path, `${place}: column "${column}" holds no picture; it needs the bytes of a PNG, JPEG or WebP file`);
}
