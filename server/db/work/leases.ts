import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "@/server/db/client";
import { leases, type WorkKind } from "@/server/db/tables/work-tables";

export type Lease = { kind: WorkKind; workId: string; workerId: string };

/** Work whose lease a worker has taken, and how many workers it has cost so far. */
export type Taken = {
  workId: string;
  /** How many workers have died with it since it last made progress. */
  deaths: number;
  /** What is known of the last of them. */
  lastDeath: string | null;
};

/** No lease is taken for longer: one that ends later was written before the database's clock went back. */
const longestLeaseMs = 60_000;

/**
 * Takes a piece of work for a worker, unless another worker's lease on it is still good. A lease that ran out while the database was up means that
 * its worker died, which is counted.
 *
 * @returns undefined when another has it
 */
export async function acquireLease(db: Database, lease: Lease, forMs: number): Promise<Taken | undefined> {
  const isLapsed = sql`${leases.workerId} IS NOT NULL AND ${leases.workerId} <> ${lease.workerId} AND ${leases.until} > pg_postmaster_start_time()`;
  const taken = await db
    .insert(leases)
    .values({ ...lease, until: after(forMs) })
    .onConflictDoUpdate({
      target: [leases.kind, leases.workId],
      set: {
        workerId: lease.workerId,
        until: after(forMs),
        deaths: sql`${leases.deaths} + CASE WHEN ${isLapsed} THEN 1 ELSE 0 END`,
        lastDeath: sql`CASE WHEN ${isLapsed} THEN ${silenceOfHolder} ELSE ${leases.lastDeath} END`,
      },
      setWhere: sql`NOT ${isGood()} OR ${leases.workerId} = ${lease.workerId}`,
    })
    .returning({ workId: leases.workId, deaths: leases.deaths, lastDeath: leases.lastDeath });
  return taken[0];
}

/** Prolongs a lease; false when it has been lost, so that the worker must drop the work and write no more of it. */
export async function renewLease(db: Database, lease: Lease, forMs: number): Promise<boolean> {
  const renewed = await db
    .update(leases)
    .set({ until: after(forMs) })
    .where(isHeldBy(lease))
    .returning({ until: leases.until });
  return renewed.length > 0;
}

/** Ends a lease on finished work: its next start counts from zero. */
export async function releaseLease(db: Database, lease: Lease): Promise<void> {
  await db.delete(leases).where(isHeldBy(lease));
}

/** Gives back work that is not over; the count of its dead workers stays. */
export async function handBackLease(db: Database, lease: Lease): Promise<void> {
  await db.update(leases).set(heldByNobody).where(isHeldBy(lease));
}

/** The work made progress that stays: whatever killed workers before is behind it. */
export async function forgetDeaths(db: Database, lease: Lease): Promise<void> {
  await db.update(leases).set({ deaths: 0, lastDeath: null }).where(isHeldBy(lease));
}

/** What a row says that nobody holds. */
export const heldByNobody = { workerId: null, until: sql`'-infinity'::timestamptz` };

/** Whether the row's lease is good, by the database's clock. */
export function isGood(): SQL {
  return sql`(${leases.until} BETWEEN clock_timestamp() AND ${after(longestLeaseMs)})`;
}

const silenceOfHolder = sql`coalesce(
  (SELECT 'the worker on ' || host || ' fell silent; it held ' || pg_size_pretty(memory_bytes) || ' of memory at its last heartbeat'
   FROM workers WHERE id = ${leases.workerId}),
  'its worker fell silent')`;

function isHeldBy(lease: Lease) {
  return and(eq(leases.kind, lease.kind), eq(leases.workId, lease.workId), eq(leases.workerId, lease.workerId));
}

function after(ms: number) {
  return sql`clock_timestamp() + ${ms} * interval '1 millisecond'`;
}
