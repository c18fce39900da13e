import { asc, eq, sql } from "drizzle-orm";
import type { SavedEdits } from "@/lib/contract/steering";
import { type Database, onlyRow } from "@/server/db/client";
import { savedEdits } from "@/server/db/tables/steering-tables";

type Content = Pick<SavedEdits, "name" | "note" | "edits">;

/** A run's saved lists, by name. */
export async function listSavedEdits(db: Database, runId: string): Promise<SavedEdits[]> {
  const rows = await db.select().from(savedEdits).where(eq(savedEdits.runId, runId)).orderBy(asc(savedEdits.name));
  return rows.map(toSavedEdits);
}

export async function readSavedEdits(db: Database, savedId: string): Promise<SavedEdits | undefined> {
  const row = (await db.select().from(savedEdits).where(eq(savedEdits.id, savedId)))[0];
  return row && toSavedEdits(row);
}

/** @throws an error of a duplicate when the run has edits of that name */
export async function insertSavedEdits(db: Database, saved: Content & Pick<SavedEdits, "id" | "runId">): Promise<SavedEdits> {
  return toSavedEdits(onlyRow(await db.insert(savedEdits).values(saved).returning()));
}

/** @returns undefined when they are not there @throws an error of a duplicate when the run has others of that name */
export async function updateSavedEdits(db: Database, savedId: string, { name, note, edits }: Content): Promise<SavedEdits | undefined> {
  const rows = await db.update(savedEdits).set({ name, note, edits, updatedAt: sql`now()` }).where(eq(savedEdits.id, savedId)).returning();
  return rows[0] && toSavedEdits(rows[0]);
}

/** @returns false when they were not there */
export async function deleteSavedEdits(db: Database, savedId: string): Promise<boolean> {
  return (await db.delete(savedEdits).where(eq(savedEdits.id, savedId)).returning({ id: savedEdits.id })).length > 0;
}

function toSavedEdits({ createdAt, updatedAt, ...row }: typeof savedEdits.$inferSelect): SavedEdits {
  return { ...row, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
