import { type ColumnMapping, type DataSetSummary, mostDomains } from "@/lib/contract/data-set";
import { FileError } from "@/server/files/file-error";
import type { DataRow } from "./data-row";
import type { DataSet } from "./data-set";
import { detectImages, detectShape } from "./data-set-shape";

/** Columns in order of appearance, each with up to three different values, shortened; domains and splits of the mapping's columns, most rows first. */
export type DataSetSummaryOnDisk = Pick<DataSetSummary, "rows" | "columns" | "mapping" | "domains" | "splits">;

const rowsForShape = 100;
const mostColumns = 200;
/** A longer text is no name of a domain or a split. */
const longestName = 200;
const samplesEach = 3;
const sampleLength = 160;

/**
 * Reads a data set once, from end to end.
 *
 * @param options.onRead told how many more bytes were read
 * @throws FileError naming file and line where a row cannot be read, and when there is none; the signal's reason when it is aborted
 */
export async function summariseDataSet(
  dataSet: DataSet,
  { signal, onRead }: { readonly signal?: AbortSignal; readonly onRead?: (bytes: number) => void } = {},
): Promise<DataSetSummaryOnDisk> {
  const columns = new Map<string, ColumnValues>();
  const firstRows: DataRow[] = [];
  let rows = 0;
  for await (const row of dataSet.rows(onRead && { onRead })) {
    signal?.throwIfAborted();
    rows++;
    sample(columns, row);
    if (firstRows.length < rowsForShape) firstRows.push(row);
  }
  if (rows === 0) throw new FileError("invalid", dataSet.path, "holds no rows");
  const mapping = detectImages(firstRows) ?? detectShape(firstRows);
  return {
    rows,
    columns: [...columns].map(([name, { samples, counts }]) => ({ name, samples, distinct: counts?.size ?? null })),
    ...withCounts(mapping, columns, rows),
  };
}

/** What is kept of a column's values; `counts` of each different one, undefined once there are too many. */
type ColumnValues = { readonly samples: string[]; counts: Map<string, number> | undefined };

function withCounts(
  mapping: ColumnMapping | null,
  columns: ReadonlyMap<string, ColumnValues>,
  rows: number,
): Pick<DataSetSummary, "mapping" | "domains" | "splits"> {
  if (mapping === null) return { mapping, domains: [], splits: [] };
  const { domain, split, ...rest } = mapping;
  const domains = domain === undefined ? undefined : columns.get(domain)?.counts;
  const splits = split === undefined ? undefined : columns.get(split)?.counts;
  return {
    mapping: { ...rest, ...(domains && { domain }), ...(splits && { split }) },
    domains: counted(domains, rows),
    splits: counted(splits, rows),
  };
}

function sample(columns: Map<string, ColumnValues>, row: DataRow): void {
  for (const [name, value] of Object.entries(row)) {
    let column = columns.get(name);
    if (column === undefined) {
      if (columns.size >= mostColumns) continue;
      column = { samples: [], counts: new Map() };
      columns.set(name, column);
    }
    count(column, value);
    const { samples } = column;
    if (samples.length >= samplesEach || value === null || value === undefined) continue;
    const text = typeof value === "string" ? value : JSON.stringify(value);
    // A copy: a slice would keep the whole text in memory.
    const short = text.length > sampleLength ? Buffer.from(`${text.slice(0, sampleLength - 1)}…`).toString() : text;
    if (!samples.includes(short)) samples.push(short);
  }
}

function count(column: ColumnValues, value: unknown): void {
  if (column.counts === undefined) return;
  const name = String(value ?? "");
  column.counts.set(name, (column.counts.get(name) ?? 0) + 1);
  const isName = name.length <= longestName && (typeof value !== "object" || value === null);
  if (!isName || column.counts.size > mostDomains) column.counts = undefined;
}

/** Values with their rows; rows that lack the column count as the empty name. */
function counted(counts: ReadonlyMap<string, number> | undefined, rows: number): { name: string; rows: number }[] {
  if (counts === undefined) return [];
  const named = [...counts].map(([name, of]) => ({ name, rows: of }));
  const missing = rows - named.reduce((sum, { rows: of }) => sum + of, 0);
  if (missing > 0) {
    const empty = named.find(({ name }) => name === "");
    if (empty === undefined) named.push({ name: "", rows: missing });
    else empty.rows += missing;
  }
  return named.sort((a, b) => b.rows - a.rows);
}
