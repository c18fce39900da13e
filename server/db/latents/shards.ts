import { and, asc, eq, sql } from "drizzle-orm";
import type { Database } from "@/server/db/client";
import { notify } from "@/server/db/events";
import { collectionShards, collections } from "@/server/db/tables/collection-tables";
import { leases } from "@/server/db/tables/work-tables";

export type ShardRow = { shard: number; positions: number; status: "queued" | "done" };

/** The id under which a shard is leased. */
export function shardId(collectionId: string, shard: number): string {
  return `${collectionId}:${shard}`;
}

/** @throws RangeError when it is no shard's id */
export function parseShardId(id: string): { collectionId: string; shard: number } {
  const [, collectionId, shard] = /^([^:]+):(\d+)$/.exec(id) ?? [];
  if (collectionId === undefined || shard === undefined) throw new RangeError(`"${id}" is no shard: <collection>:<number> was expected`);
  return { collectionId, shard: Number(shard) };
}

/**
 * Writes a collection's plan down, and how many positions it has: no more than were asked for, fewer where the data end before. What is done of the same
 * plan stays done; a plan of other shards replaces it whole.
 *
 * @param positions of each shard
 * @returns whether the plan was there already
 */
export async function saveShardPlan(db: Database, collection: { id: string }, positions: readonly number[]): Promise<boolean> {
  return db.transaction(async (transaction) => {
    const maxPositions = positions.reduce((sum, size) => sum + size, 0);
    await transaction.update(collections).set({ maxPositions }).where(eq(collections.id, collection.id));
    const known = await listShards(transaction, collection.id);
    const isSame =
      known.length === positions.length && known.every((row, shard) => row.shard === shard && row.positions === positions[shard]);
    if (isSame) return true;
    await transaction.delete(collectionShards).where(eq(collectionShards.collectionId, collection.id));
    const rows = positions.map((size, shard) => ({ collectionId: collection.id, shard, positions: size, status: "queued" as const }));
    // A statement has room for 65535 values, four a row.
    for (let from = 0; from < rows.length; from += 10_000)
      await transaction.insert(collectionShards).values(rows.slice(from, from + 10_000));
    return false;
  });
}

/** In their order. */
export async function listShards(db: Database, collectionId: string): Promise<ShardRow[]> {
  const { shard, positions, status } = collectionShards;
  return db
    .select({ shard, positions, status })
    .from(collectionShards)
    .where(eq(collectionShards.collectionId, collectionId))
    .orderBy(asc(shard));
}

/** @returns false when the plan has no such shard any more */
export async function setShardStatus(
  db: Database,
  collection: { id: string; runId: string | null },
  shard: number,
  status: ShardRow["status"],
): Promise<boolean> {
  const changed = await db
    .update(collectionShards)
    .set({ status })
    .where(and(eq(collectionShards.collectionId, collection.id), eq(collectionShards.shard, shard)))
    .returning({ shard: collectionShards.shard });
  if (collection.runId !== null) await notify(db, { kind: "run", runId: collection.runId });
  return changed.length > 0;
}

/** Forgets a collection's plan and takes its shards from whoever holds them: they write no more. */
export async function dropShards(db: Database, collectionId: string): Promise<void> {
  await db.delete(collectionShards).where(eq(collectionShards.collectionId, collectionId));
  await db.delete(leases).where(and(eq(leases.kind, "shard"), sql`${leases.workId} LIKE ${`${collectionId}:%`}`));
}
