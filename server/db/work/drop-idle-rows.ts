import { and, eq, notExists, sql } from "drizzle-orm";
import type { Database } from "@/server/db/client";
import { isUnfinishedCollection } from "@/server/db/latents/collections";
import { collectionShards, collections } from "@/server/db/tables/collection-tables";
import { leases } from "@/server/db/tables/work-tables";
import { isGood } from "./leases";
import { unfinished } from "./take-work";

/** Removes the plans of collections that are over, and what leases of work that is over have counted. */
export async function dropIdleRows(db: Database): Promise<void> {
  const underWay = and(eq(collections.id, collectionShards.collectionId), isUnfinishedCollection);
  await db.delete(collectionShards).where(notExists(db.select().from(collections).where(underWay)));
  for (const [kind, work] of Object.entries(unfinished)) {
    await db.execute(sql`
      DELETE FROM ${leases} WHERE ${leases.kind} = ${kind} AND NOT ${isGood()}
        AND NOT EXISTS (SELECT FROM (${work}) work WHERE work.id = ${leases.workId})`);
  }
}
