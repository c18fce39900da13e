import { and, count, desc, eq, inArray, sql } from "drizzle-orm";
import type { GenerationPage, KeptGeneration, KeptGenerationDetail } from "@/lib/contract/steering";
import { type Database, onlyRow } from "@/server/db/client";
import { generations } from "@/server/db/tables/steering-tables";

export type NewGeneration = Omit<typeof generations.$inferInsert, "createdAt">;

/** Keeps a generation, and the newest `most` of its run with it. */
export async function insertGeneration(db: Database, generation: NewGeneration, most: number): Promise<void> {
  await db.transaction(async (transaction) => {
    await transaction.insert(generations).values(generation);
    const older = transaction
      .select({ id: generations.id })
      .from(generations)
      .where(eq(generations.runId, generation.runId))
      .orderBy(desc(generations.createdAt), desc(generations.id))
      .offset(most);
    await transaction.delete(generations).where(inArray(generations.id, older));
  });
}

/** A run's generations, newest first; `total` counts all that are found. */
export async function listGenerations(
  db: Database,
  runId: string,
  { offset, limit, search }: GenerationPage,
): Promise<{ generations: KeptGeneration[]; total: number }> {
  const isFound = search === undefined ? undefined : sql`strpos(lower(${generations.searched}), lower(${search})) > 0`;
  const wanted = and(eq(generations.runId, runId), isFound);
  const [rows, totals] = await Promise.all([
    db
      .select(listed)
      .from(generations)
      .where(wanted)
      .orderBy(desc(generations.createdAt), desc(generations.id))
      .limit(limit)
      .offset(offset),
    db.select({ total: count() }).from(generations).where(wanted),
  ]);
  return { generations: rows.map(toKept), total: onlyRow(totals).total };
}

export async function readGeneration(db: Database, generationId: string): Promise<KeptGenerationDetail | undefined> {
  const [row] = await db
    .select({ ...listed, request: generations.request, generated: generations.generated })
    .from(generations)
    .where(eq(generations.id, generationId));
  return row && { ...toKept(row), request: row.request, generated: row.generated };
}

/** @returns false when it was not there */
export async function deleteGeneration(db: Database, generationId: string): Promise<boolean> {
  return (await db.delete(generations).where(eq(generations.id, generationId)).returning({ id: generations.id })).length > 0;
}

/** All of a run's. */
export async function deleteGenerations(db: Database, runId: string): Promise<void> {
  await db.delete(generations).where(eq(generations.runId, runId));
}

const listed = {
  id: generations.id,
  runId: generations.runId,
  prompt: generations.prompt,
  editsOn: generations.editsOn,
  isForced: generations.isForced,
  arms: generations.arms,
  createdAt: generations.createdAt,
};

type Listed = Pick<typeof generations.$inferSelect, keyof typeof listed>;

function toKept({ id, runId, prompt, editsOn, isForced, arms, createdAt }: Listed): KeptGeneration {
  return { id, runId, prompt, editsOn, isForced, arms, createdAt: createdAt.toISOString() };
}
