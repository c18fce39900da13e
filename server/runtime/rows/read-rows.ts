import { setImmediate as nextRound } from "node:timers/promises";
import type { DataRow } from "@/server/files/data/data-row";
import type { DataSet } from "@/server/files/data/data-set";
import { FileError } from "@/server/files/file-error";

/** So many rows are made before the event loop comes round: a worker answers requests meanwhile. */
const rowsARound = 64;

type Reading<Row> = {
  /** Those that are needed. */
  readonly columns: readonly string[];
  /** Whether binary values are. */
  readonly withBytes?: boolean;
  /** Of a row's columns and its number. */
  make(columns: DataRow, row: number): Row | Promise<Row>;
};

/**
 * Makes something of the rows of these numbers, in one pass over the data set.
 *
 * @param wanted numbers of rows, from 0, in any order
 * @returns in the order of `wanted`
 * @throws FileError naming the file and what was wrong with the row
 */
export async function readRows<Row>(
  dataSet: DataSet,
  wanted: Int32Array,
  { columns: read, withBytes = false, make }: Reading<Row>,
  signal: AbortSignal,
): Promise<Row[]> {
  const places = new Map(Array.from(wanted, (row, place) => [row, place] as const));
  const found: Row[] = new Array(wanted.length);
  let left = places.size;
  let row = -1;
  if (left === 0) return [];
  // Of a folder, images before the first wanted one are not read.
  const bytesFrom = wanted.reduce((first, one) => Math.min(first, one), Number.POSITIVE_INFINITY);
  for await (const columns of dataSet.rows({ columns: read, withBytes, bytesFrom })) {
    row += 1;
    const place = places.get(row);
    if (place === undefined) continue;
    try {
      found[place] = await make(columns, row);
    } catch (cause) {
      if (cause instanceof FileError) throw cause;
      throw new FileError("invalid", dataSet.path, cause instanceof Error ? cause.message : String(cause), { cause });
    }
    left -= 1;
    if (left === 0) return found;
    if (left % rowsARound === 0) await nextRound();
    signal.throwIfAborted();
  }
  throw new FileError(
    "invalid",
    dataSet.path,
    `ends after row ${row}, and row ${wanted.reduce((last, one) => Math.max(last, one), 0)} was read before: the file has changed`,
  );
}
