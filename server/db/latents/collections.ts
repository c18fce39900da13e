import { and, desc, eq, inArray, isNull } from "drizzle-orm";
import type { CollectionOrigin, CollectionSummary } from "@/lib/contract/latent";
import { readsImages } from "@/lib/contract/model";
import type { PositionKindName } from "@/lib/contract/positions/positions";
import type { CollectionSettings } from "@/lib/contract/run-config";
import type { Database } from "@/server/db/client";
import { notify } from "@/server/db/events";
import { collections } from "@/server/db/tables/collection-tables";
import { models } from "@/server/db/tables/library-tables";
import { runs } from "@/server/db/tables/run-tables";

export type CollectionRow = typeof collections.$inferSelect;
export type CollectionModule = CollectionSummary["modules"][number];
/** What names a collection and tells its run's listeners. */
type OfRun = Pick<CollectionRow, "id" | "runId">;

export const isUnfinishedCollection = inArray(collections.status, ["queued", "running"]);

/** A statistics pass of a run's adapter, queued. */
export async function createCollection(
  db: Database,
  collection: { id: string; runId: string; name: string; step: number; settings: CollectionSettings },
): Promise<void> {
  const { runId, settings } = collection;
  const positionKind = await positionKindOf(db, runId);
  await db.insert(collections).values({ ...collection, positionKind, origin: { kind: "run", runId }, maxPositions: settings.maxTokens });
  await notify(db, { kind: "run", runId });
}

/** What the base model of a run reads. */
async function positionKindOf(db: Database, runId: string): Promise<PositionKindName> {
  const [model] = await db
    .select({ images: models.images })
    .from(runs)
    .innerJoin(models, eq(models.id, runs.modelId))
    .where(eq(runs.id, runId));
  return readsImages(model) ? "patch" : "token";
}

/** A collection that is imported, running until it is loaded; `settings` are those of no pass, the defaults. */
export async function createDictionary(
  db: Database,
  dictionary: { id: string; name: string; origin: Exclude<CollectionOrigin, { kind: "run" }>; settings: CollectionSettings },
): Promise<void> {
  await db.insert(collections).values({ ...dictionary, runId: null, step: 0, maxPositions: 0, status: "running" });
}

/** Whose labels a collection shows: its run's, or, of an imported dictionary, its own. */
export function subjectOf({ id, runId }: OfRun): string {
  return runId ?? id;
}

export async function readCollection(db: Database, collectionId: string): Promise<CollectionRow | undefined> {
  return (await db.select().from(collections).where(eq(collections.id, collectionId)))[0];
}

/** A run's collections, newest first. */
export async function listCollections(db: Database, runId: string): Promise<CollectionSummary[]> {
  const rows = await db.select().from(collections).where(eq(collections.runId, runId)).orderBy(desc(collections.createdAt));
  return rows.map(toCollectionSummary);
}

/** The newest finished collection of a run's adapter; undefined where there is none. */
export async function latestFinishedCollection(db: Database, runId: string): Promise<CollectionRow | undefined> {
  const ofRun = and(eq(collections.runId, runId), eq(collections.status, "finished"));
  return (await db.select().from(collections).where(ofRun).orderBy(desc(collections.createdAt)).limit(1))[0];
}

/** Collections that belong to no run, newest first. */
export async function listDictionaries(db: Database): Promise<CollectionSummary[]> {
  const rows = await db.select().from(collections).where(isNull(collections.runId)).orderBy(desc(collections.createdAt));
  return rows.map(toCollectionSummary);
}

/** Changes the status of a collection that is not over; false when it is: a finished one stays finished. */
export async function setCollectionStatus(
  db: Database,
  collection: OfRun,
  status: CollectionSummary["status"],
  error: string | null = null,
): Promise<boolean> {
  const changed = await db
    .update(collections)
    .set({ status, error, stage: null })
    .where(and(eq(collections.id, collection.id), isUnfinishedCollection))
    .returning({ id: collections.id });
  if (changed.length === 0) return false;
  await notifyRun(db, collection);
  return true;
}

/** What of it has been done; a part that is not named stays as it is. */
export async function setCollectionProgress(
  db: Database,
  collection: OfRun,
  progress: { positions?: number; shards?: CollectionSummary["shards"]; stage?: string },
): Promise<void> {
  await db
    .update(collections)
    .set(progress)
    .where(and(eq(collections.id, collection.id), eq(collections.status, "running")));
  await notifyRun(db, collection);
}

export function toCollectionSummary(row: CollectionRow): CollectionSummary {
  const { id, origin, name, status, error, stage, step, positionKind, contexts, domains, classes, modules } = row;
  const { numLatents, shards, seconds } = row;
  return {
    id,
    origin,
    name,
    status,
    error,
    stage,
    step,
    positionKind,
    tokens: row.positions,
    maxTokens: row.maxPositions,
    contexts,
    domains,
    classes,
    modules,
    numLatents,
    shards,
    seconds,
    createdAt: row.createdAt.toISOString(),
  };
}

async function notifyRun(db: Database, { runId }: OfRun): Promise<void> {
  if (runId !== null) await notify(db, { kind: "run", runId });
}
