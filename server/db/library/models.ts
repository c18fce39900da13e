import { desc, eq, sql } from "drizzle-orm";
import { namedByPlace } from "@/lib/contract/architectures/projection-places";
import type { ModelSummary } from "@/lib/contract/model";
import type { Database } from "@/server/db/client";
import { models } from "@/server/db/tables/library-tables";

/** Adds a model whose files are complete; one with the same id is written over. */
export async function upsertModel(db: Database, model: Omit<ModelSummary, "createdAt">): Promise<void> {
  const { id: _, ...rest } = model;
  await db.insert(models).values(model).onConflictDoUpdate({ target: models.id, set: rest });
}

export async function readModel(db: Database, modelId: string): Promise<ModelSummary | undefined> {
  const row = (await db.select().from(models).where(eq(models.id, modelId)))[0];
  return row && toSummary(row);
}

/** Newest first. */
export async function listModels(db: Database): Promise<ModelSummary[]> {
  const rows = await db.select().from(models).orderBy(desc(models.createdAt), desc(models.id));
  return rows.map(toSummary);
}

/** The model with this revision (hub revision or content hash), if it is there already. */
export async function findModelByRevision(db: Database, revision: string): Promise<ModelSummary | undefined> {
  const row = (await db.select().from(models).where(sql`${models.revision} = ${revision}`).limit(1))[0];
  return row && toSummary(row);
}

function toSummary(row: typeof models.$inferSelect): ModelSummary {
  return { ...row, projections: namedByPlace(row.projections, row.architecture), createdAt: row.createdAt.toISOString() };
}

export async function deleteModel(db: Database, modelId: string): Promise<void> {
  await db.delete(models).where(eq(models.id, modelId));
}
