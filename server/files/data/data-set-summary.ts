import type { ColumnMapping } from "@/lib/contract/data-set";
import { FileError } from "@/server/files/file-error";
import type { DataRow } from "./data-row";
import type { DataSet } from "./data-set";
import { detectShape } from "./data-set-shape";

export type DataSetSummaryOnDisk = {
  rows: number;
  /** In order of appearance, each with up to three different values, shortened. */
  columns: { name: string; samples: string[] }[];
  mapping: ColumnMapping | null;
  /** Of the mapping's domain column, most rows first; empty without one. */
  domains: { name: string; rows: number }[];
  splits: { name: string; rows: number }[];
};

const rowsForShape = 100;
const mostColumns = 200;
/** A column with more values than this names no domains. */
const mostDomains = 200;
const samplesEach = 3;
const sampleLength = 160;

/**
 * Reads a data set once, from end to end.
 *
 * @throws FileError naming file and line where a row cannot be read, and when there is none
 */
export async function summariseDataSet(dataSet: DataSet): Promise<DataSetSummaryOnDisk> {
  const columns = new Map<string, string[]>();
  const firstRows: DataRow[] = [];
  let mapping: ColumnMapping | null = null;
  let domains = new Map<string, number>();
  const splits = new Map<string, number>();
  let rows = 0;

  const count = (row: DataRow): void => {
    tally(domains, row, mapping?.domain);
    tally(splits, row, mapping?.split);
    if (mapping !== null && domains.size > mostDomains) {
      const { domain: _, ...rest } = mapping;
      mapping = rest;
      domains = new Map();
    }
  };
  const settle = (): void => {
    mapping = detectShape(firstRows);
    for (const row of firstRows) count(row);
  };

  for await (const row of dataSet.rows()) {
    rows++;
    sample(columns, row);
    if (rows <= rowsForShape) firstRows.push(row);
    else count(row);
    if (rows === rowsForShape) settle();
  }
  if (rows === 0) throw new FileError("invalid", dataSet.path, "holds no rows");
  if (rows < rowsForShape) settle();
  return {
    rows,
    columns: [...columns].map(([name, samples]) => ({ name, samples })),
    mapping,
    domains: counted(domains),
    splits: counted(splits),
  };
}

function tally(counts: Map<string, number>, row: DataRow, column: string | undefined): void {
  if (column === undefined) return;
  const value = String(row[column] ?? "");
  counts.set(value, (counts.get(value) ?? 0) + 1);
}

function sample(columns: Map<string, string[]>, row: DataRow): void {
  for (const [name, value] of Object.entries(row)) {
    let samples = columns.get(name);
    if (samples === undefined) {
      if (columns.size >= mostColumns) continue;
      samples = [];
      columns.set(name, samples);
    }
    if (samples.length >= samplesEach || value === null || value === undefined) continue;
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const short = text.length > sampleLength ? `${text.slice(0, sampleLength - 1)}…` : text;
    if (!samples.includes(short)) samples.push(short);
  }
}

function counted(counts: ReadonlyMap<string, number>): { name: string; rows: number }[] {
  return [...counts].sort(([, a], [, b]) => b - a).map(([name, rows]) => ({ name, rows }));
}
