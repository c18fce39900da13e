import type { DataRows } from "@/lib/contract/api";
import { imageColumnOf } from "@/lib/contract/data-set";
import { readDataSet } from "@/server/db/library/data-sets";
import type { DataRow } from "@/server/files/data/data-row";
import { type DataSet, takeRows } from "@/server/files/data/data-set";
import { FileError } from "@/server/files/file-error";
import { imageOf, openImageData } from "@/server/files/images/image-data";
import { thumbnail } from "@/server/files/images/thumbnail";
import type { ServiceContext } from "@/server/services/context";
import { found, withFileErrors } from "@/server/services/errors";

/** Bytes of a file that are read to reach a page; ours. The web process serves others meanwhile. */
const mostBytes = 256 * 2 ** 20;

/**
 * Some rows of a data set, every value as text: strings as they are, binary values by their size, all else as JSON. Of a dataset of images also the images,
 * small.
 *
 * @throws ServiceError `tooLarge` for rows that lie further into a file than is read for a page
 */
export async function listDataRows({ store }: ServiceContext, dataSetId: string, page: { from: number; count: number }): Promise<DataRows> {
  const { path, rows: total, mapping } = found(await readDataSet(store.db, dataSetId), "such dataset");
  const image = imageColumnOf(mapping);
  return withFileErrors(async () => {
    const dataSet = await openImageData(path);
    const rows = await takeRows(dataSet, page.from, page.count, { mostBytes, withBytes: image !== undefined });
    const texts = rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, toText(value)])));
    if (image === undefined) return { rows: texts, total };
    const images: NonNullable<DataRows["images"]> = [];
    // One after the other: a page is not worth all processors.
    for (const [place, row] of rows.entries()) images.push(await smallImage(dataSet, row, { image, number: page.from + place }));
    return { rows: texts, total, images };
  });
}

/** An image that cannot be read is said in its place. */
async function smallImage(dataSet: DataSet, row: DataRow, { image, number }: { image: string; number: number }) {
  const place = `row ${number + 1}`;
  try {
    const { path, bytes } = imageOf(dataSet, row, image, place);
    return { webp: Buffer.from(await thumbnail(path ?? place, bytes)).toString("base64") };
  } catch (error) {
    if (error instanceof FileError) return { problem: error.problem };
    throw error;
  }
}

function toText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(plain(value));
}

/** With words for what JSON has none for. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return value.map(plain);
  const isRecord = typeof value === "object" && value !== null && !(value instanceof Date);
  return isRecord ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)])) : value;
}
