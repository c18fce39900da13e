import { desc, eq } from "drizzle-orm";
import type { BenchmarkSummary } from "@/lib/contract/benchmark";
import type { Database } from "@/server/db/client";
import { storable } from "@/server/db/storable";
import { benchmarks } from "@/server/db/tables/benchmark-tables";
import { packNumbers, unpackInts } from "./pack-numbers";

/** What a benchmark's rows are known by, one a row. */
export type BenchmarkItems = {
  readonly numbers: Int32Array;
  /** Places among the benchmark's domains; −1 for none. */
  readonly domainOf: Int32Array;
  /** Beginnings of text or prompt. */
  readonly texts: readonly string[];
  /** Beginnings of the right answers; null where there are none. */
  readonly references: readonly string[] | null;
};

export async function insertBenchmark(
  db: Database,
  benchmark: Omit<BenchmarkSummary, "createdAt" | "numRows">,
  items: BenchmarkItems,
): Promise<void> {
  const { numbers, domainOf, texts, references } = items;
  await db.insert(benchmarks).values({
    ...benchmark,
    domains: storable(benchmark.domains),
    numRows: numbers.length,
    rowNumbers: packNumbers(numbers),
    domainOf: packNumbers(domainOf),
    texts: storable([...texts]),
    references: references && storable([...references]),
  });
}

/** Newest first. */
export async function listBenchmarks(db: Database): Promise<BenchmarkSummary[]> {
  return (await db.select(listed).from(benchmarks).orderBy(desc(benchmarks.createdAt), desc(benchmarks.id))).map(toSummary);
}

export async function readBenchmark(db: Database, benchmarkId: string): Promise<BenchmarkSummary | undefined> {
  const [row] = await db.select(listed).from(benchmarks).where(eq(benchmarks.id, benchmarkId));
  return row && toSummary(row);
}

export async function readBenchmarkItems(db: Database, benchmarkId: string): Promise<BenchmarkItems | undefined> {
  const [row] = await db
    .select({
      numbers: benchmarks.rowNumbers,
      domainOf: benchmarks.domainOf,
      texts: benchmarks.texts,
      references: benchmarks.references,
    })
    .from(benchmarks)
    .where(eq(benchmarks.id, benchmarkId));
  return row && { ...row, numbers: unpackInts(row.numbers), domainOf: unpackInts(row.domainOf) };
}

/** Removes a benchmark and all its results. */
export async function deleteBenchmark(db: Database, benchmarkId: string): Promise<void> {
  await db.delete(benchmarks).where(eq(benchmarks.id, benchmarkId));
}

const listed = {
  id: benchmarks.id,
  name: benchmarks.name,
  isGeneral: benchmarks.isGeneral,
  rows: benchmarks.rows,
  task: benchmarks.task,
  dataName: benchmarks.dataName,
  numRows: benchmarks.numRows,
  rowsHash: benchmarks.rowsHash,
  domains: benchmarks.domains,
  createdAt: benchmarks.createdAt,
};

function toSummary({ createdAt, ...row }: Pick<typeof benchmarks.$inferSelect, keyof typeof listed>): BenchmarkSummary {
  return { ...row, createdAt: createdAt.toISOString() };
}
