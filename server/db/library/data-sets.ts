import { desc, eq } from "drizzle-orm";
import type { DataSetSummary } from "@/lib/contract/data-set";
import type { Database } from "@/server/db/client";
import { dataSets } from "@/server/db/tables/library-tables";

/** Adds a data set; one with the same id is written over. */
export async function upsertDataSet(db: Database, dataSet: Omit<DataSetSummary, "createdAt">): Promise<void> {
  const { id: _, ...rest } = dataSet;
  await db.insert(dataSets).values(dataSet).onConflictDoUpdate({ target: dataSets.id, set: rest });
}

export async function readDataSet(db: Database, dataSetId: string): Promise<DataSetSummary | undefined> {
  const row = (await db.select().from(dataSets).where(eq(dataSets.id, dataSetId)))[0];
  return row && { ...row, createdAt: row.createdAt.toISOString() };
}

export async function findDataSetByPath(db: Database, path: string): Promise<DataSetSummary | undefined> {
  const row = (await db.select().from(dataSets).where(eq(dataSets.path, path)).limit(1))[0];
  return row && { ...row, createdAt: row.createdAt.toISOString() };
}

/** Newest first. */
export async function listDataSets(db: Database): Promise<DataSetSummary[]> {
  const rows = await db.select().from(dataSets).orderBy(desc(dataSets.createdAt), desc(dataSets.id));
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
}

export async function deleteDataSet(db: Database, dataSetId: string): Promise<void> {
  await db.delete(dataSets).where(eq(dataSets.id, dataSetId));
}
