import { type SQL, sql } from "drizzle-orm";
import type { Database } from "@/server/db/client";
import { isUnfinishedCollection } from "@/server/db/latents/collections";
import { isUnfinishedRun } from "@/server/db/runs/runs";
import { leases, type WorkKind } from "@/server/db/tables/work-tables";
import { isUnfinishedJob } from "./jobs";
import { acquireLease, isGood, type Taken } from "./leases";

/** Which work of a kind has not ended, as `id` and `created_at`. */
export const unfinished: Record<WorkKind, SQL> = {
  run: sql`SELECT id, created_at FROM runs WHERE ${isUnfinishedRun}`,
  // An import is a job: its collection belongs to no run.
  collection: sql`SELECT id, created_at FROM collections WHERE ${isUnfinishedCollection} AND run_id IS NOT NULL`,
  task: sql`SELECT id, created_at FROM tasks WHERE ${isUnfinishedJob}`,
  // Other workers help with collections that have more than one shard.
  shard: sql`
    SELECT s.collection_id || ':' || s.shard AS id, c.created_at + s.shard * interval '1 microsecond' AS created_at
    FROM collection_shards s JOIN collections c ON c.id = s.collection_id
    WHERE s.status = 'queued' AND c.status = 'running' AND (c.shards ->> 'total')::int > 1`,
};

/**
 * Takes the oldest unfinished work of a kind that nobody holds. Rows say what there is to do and leases who does it: there is no message that could
 * be lost or come twice.
 *
 * @param options.except ids that this worker does not take
 * @param options.mostDeaths work that has cost more workers is left; all is taken without it
 */
export async function takeWork(
  db: Database,
  { kind, workerId }: { kind: WorkKind; workerId: string },
  forMs: number,
  options: { except: readonly string[]; mostDeaths?: number | undefined },
): Promise<Taken | undefined> {
  const { mostDeaths } = options;
  const isBearable = mostDeaths === undefined ? sql`true` : sql`${leases.deaths} <= ${mostDeaths}`;
  for (;;) {
    const { rows } = await db.execute<{ id: string }>(sql`
      SELECT work.id FROM (${unfinished[kind]}) work
      LEFT JOIN ${leases} ON ${leases.kind} = ${kind} AND ${leases.workId} = work.id
      WHERE work.id <> ALL(${sql.param(options.except)}::text[])
        AND (${leases.workId} IS NULL OR (NOT ${isGood()} AND ${isBearable}))
      ORDER BY work.created_at, work.id LIMIT 1`);
    const [next] = rows;
    if (next === undefined) return undefined;
    const taken = await acquireLease(db, { kind, workId: next.id, workerId }, forMs);
    // Otherwise another worker was faster: there may be more.
    if (taken !== undefined) return taken;
  }
}
