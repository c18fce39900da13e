import { sql } from "drizzle-orm";
import type { Database } from "@/server/db/client";
import { leases, type WorkKind } from "@/server/db/tables/work-tables";
import { isGood } from "./leases";
import { unfinished } from "./take-work";

const kinds: readonly WorkKind[] = ["run", "collection", "shard", "task"];

/** Removes the plans of collections that are over, and what leases of work that is over have counted. */
export async function dropIdleRows(db: Database): Promise<void> {
  await db.execute(sql`
    DELETE FROM collection_shards s
    WHERE NOT EXISTS (SELECT FROM collections c WHERE c.id = s.collection_id AND c.status IN ('queued', 'running'))`);
  for (const kind of kinds) {
    await db.execute(sql`
      DELETE FROM ${leases} WHERE ${leases.kind} = ${kind} AND NOT ${isGood()}
        AND NOT EXISTS (SELECT FROM (${unfinished[kind]}) work WHERE work.id = ${leases.workId})`);
  }
}
