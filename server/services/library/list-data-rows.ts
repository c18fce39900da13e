import { readDataSet } from "@/server/db/library/data-sets";
import { takeRows } from "@/server/files/data/data-set";
import { openImageData } from "@/server/files/images/image-data";
import type { ServiceContext } from "@/server/services/context";
import { found, withFileErrors } from "@/server/services/errors";

/** Bytes of a file that are read to reach a page; ours. The web process serves others meanwhile. */
const mostBytes = 256 * 2 ** 20;

/**
 * Some rows of a data set, every value as text: strings as they are, all else as JSON.
 *
 * @throws ServiceError `tooLarge` for rows that lie further into a file than is read for a page
 */
export async function listDataRows(
  { store }: ServiceContext,
  dataSetId: string,
  page: { from: number; count: number },
): Promise<{ rows: Record<string, string>[]; total: number }> {
  const dataSet = found(await readDataSet(store.db, dataSetId), "such dataset");
  const rows = await withFileErrors(async () => takeRows(await openImageData(dataSet.path), page.from, page.count, mostBytes));
  return {
    rows: rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, toText(value)]))),
    total: dataSet.rows,
  };
}

function toText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined
    ? ""
    : JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner));
}
