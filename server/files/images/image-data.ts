import { createHash } from "node:crypto";
import { extname, join } from "node:path";
import { csvRows } from "@/server/files/data/csv-rows";
import type { DataRow, ReadOptions } from "@/server/files/data/data-row";
import { type DataSet, demandDataFormat, isFolderAt, openDataSet } from "@/server/files/data/data-set";
import { jsonLinesRows } from "@/server/files/data/json-rows";
import { FileError } from "@/server/files/file-error";
import { filesOfArchive, filesOfFolder, type StoredFile, type StoredFiles } from "./image-files";

/** An image in a row, as the datasets library keeps it: its bytes, and where they are from. */
export type StoredImage = { readonly path: string | null; readonly bytes: Uint8Array };

/** Column of the images in the rows of a folder or archive. */
const imageColumn = "image";

/** Endings of images. Those that are not read are rows, too, so that they are refused by name rather than passed over. */
const endings: ReadonlySet<string> = new Set([".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".avif"]);

/**
 * Opens images with what is known of them: a table with a column of images (Parquet), or a folder or zip archive of them, laid out as the
 * datasets library's `imagefolder`. A folder's or archive's rows have the columns
 *
 * - `image`: `{ path, bytes }`; bytes where they are wanted, else their number in words;
 * - `label`: the folder that an image is in, if any;
 * - `split`: the outermost folder, where one is called train;
 * - those of `metadata.csv` or `metadata.jsonl` beside the folders, whose `file_name` says which image a line is of.
 *
 * @throws FileError when there is nothing of these formats
 */
export async function openImageData(path: string): Promise<DataSet> {
  const isArchive = isZip(path);
  if (!isArchive && !isFolderAt(path)) return openDataSet(path);
  const stored = isArchive ? await filesOfArchive(path) : filesOfFolder(path);
  const images = stored.files.filter(({ name }) => endings.has(extname(name).toLowerCase()));
  if (images.length > 0) return imageDataOf(path, stored, { images, isArchive });
  if (isArchive) throw new FileError("invalid", path, "contains no image; PNG, JPEG and WebP are read");
  return openDataSet(path);
}

/** @throws FileError when one file with this name's ending is neither rows nor an archive of images */
export function demandFileFormat(fileName: string): void {
  if (!isZip(fileName)) demandDataFormat(fileName);
}

function isZip(path: string): boolean {
  return extname(path).toLowerCase() === ".zip";
}

type Kinds = { readonly images: readonly StoredFile[]; readonly isArchive: boolean };

function imageDataOf(path: string, stored: StoredFiles, { images, isArchive }: Kinds): DataSet {
  const metadata = stored.files.find(({ name }) => name === "metadata.csv" || name === "metadata.jsonl");
  if (metadata !== undefined && isArchive)
    throw new FileError("invalid", path, `contains ${metadata.name}, which is read in folders only: unpack the archive`);
  const hasSplits = images.some(({ name }) => name.startsWith("train/"));
  return {
    path,
    files: [path],
    format: [...new Set(images.map(({ name }) => extname(name).slice(1).toLowerCase()))].sort().join(", "),
    sizeBytes: images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    async *rows({ columns, onRead, withBytes = false, bytesFrom = 0 }: ReadOptions = {}) {
      const known = metadata === undefined ? undefined : await readMetadata(join(path, metadata.name), images);
      const isWanted = columns?.includes(imageColumn) !== false;
      const reader = isWanted && withBytes ? await stored.open() : undefined;
      try {
        for (const [row, file] of images.entries()) {
          const isRead = reader !== undefined && row >= bytesFrom;
          const bytes = isRead ? await reader.read(file) : `${file.sizeBytes} bytes`;
          if (isRead) onRead?.(file.sizeBytes);
          const image = isWanted ? { [imageColumn]: { path: file.name, bytes } } : {};
          yield { ...image, ...placeOf(file, hasSplits), ...known?.get(file.name) };
        }
      } finally {
        reader?.close();
      }
    },
    async contentHash() {
      const hash = createHash("sha256");
      const reader = await stored.open();
      try {
        for (const file of [...images, ...(metadata === undefined ? [] : [metadata])]) {
          hash.update(`${file.name}\0${file.sizeBytes}\0`);
          hash.update(await reader.read(file));
        }
      } finally {
        reader.close();
      }
      return hash.digest("hex");
    },
  };
}

/** What an image's folders say of it. */
function placeOf({ name }: StoredFile, hasSplits: boolean): DataRow {
  const folders = name.split("/").slice(0, -1);
  const split = hasSplits ? folders.shift() : undefined;
  const label = folders.at(-1);
  return { ...(label === undefined ? {} : { label }), ...(split === undefined ? {} : { split }) };
}

/** Columns of each image, by its name. @throws FileError for a line of no image, and images without a line */
async function readMetadata(path: string, images: readonly StoredFile[]): Promise<ReadonlyMap<string, DataRow>> {
  const rows = path.endsWith(".csv") ? csvRows(path, "auto") : jsonLinesRows(path);
  const names = new Set(images.map(({ name }) => name));
  const found = new Map<string, DataRow>();
  for await (const { file_name: name, ...columns } of rows) {
    if (typeof name !== "string") throw new FileError("invalid", path, 'a line has no "file_name": it says which image the line is of');
    if (!names.has(name)) throw new FileError("invalid", path, `names the image "${name}", which is not in the folder`);
    found.set(name, columns);
  }
  const missing = images.find(({ name }) => !found.has(name));
  if (missing !== undefined) throw new FileError("invalid", path, `has no line for the image "${missing.name}"`);
  return found;
}

/**
 * The image in a row's column.
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
  throw new FileError("invalid", path, `${place}: column "${column}" holds no image; it needs the bytes of a PNG, JPEG or WebP file`);
}
