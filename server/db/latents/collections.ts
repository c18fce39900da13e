import { desc, eq, inArray } from "drizzle-orm";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { CollectionSettings } from "@/lib/contract/run-config";
import type { Database } from "@/server/db/client";
import { notify } from "@/server/db/events";
import { collections } from "@/server/db/tables/collection-tables";

export type CollectionRow = typeof collections.$inferSelect;
export type CollectionModule = CollectionSummary["modules"][number];

export async function createCollection(
  db: Database,
  collection: { id: string; runId: string; name: string; step: number; settings: CollectionSettings },
): Promise<void> {
  await db.insert(collections).values({ ...collection, maxTokens: collection.settings.maxTokens });
  await notify(db, { kind: "run", runId: collection.runId });
}

export async function readCollection(db: Database, collectionId: string): Promise<CollectionRow | undefined> {
  return (await db.select().from(collections).where(eq(collections.id, collectionId)))[0];
}

/** A run's collections, newest first. */
export async function listCollections(db: Database, runId: string): Promise<CollectionSummary[]> {
  return (await db.select().from(collections).where(eq(collections.runId, runId)).orderBy(desc(collections.createdAt))).map(
    toCollectionSummary,
  );
}

export async function listUnfinishedCollections(db: Database): Promise<CollectionRow[]> {
  return db
    .select()
    .from(collections)
    .where(inArray(collections.status, ["queued", "running"]))
    .orderBy(collections.createdAt);
}

export async function setCollectionStatus(
  db: Database,
  collection: { id: string; runId: string },
  status: CollectionSummary["status"],
  error: string | null = null,
): Promise<void> {
  await db.update(collections).set({ status, error }).where(eq(collections.id, collection.id));
  await notify(db, { kind: "run", runId: collection.runId });
}

export async function setCollectionProgress(db: Database, collection: { id: string; runId: string }, tokens: number): Promise<void> {
  await db.update(collections).set({ tokens }).where(eq(collections.id, collection.id));
  await notify(db, { kind: "run", runId: collection.runId });
}

export function toCollectionSummary(row: CollectionRow): CollectionSummary {
  const { id, runId, name, status, error, step, tokens, maxTokens, contexts, domains, modules, numLatents, seconds, createdAt } = row;
  return {
    id,
    runId,
    name,
    status,
    error,
    step,
    tokens,
    maxTokens,
    contexts,
    domains,
    modules,
    numLatents,
    seconds,
    createdAt: createdAt.toISOString(),
  };
}
