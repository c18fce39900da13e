import { and, eq, sql } from "drizzle-orm";
import type { Database } from "@/server/db/client";
import { leases, type WorkKind } from "@/server/db/tables/work-tables";

export type Lease = { kind: WorkKind; workId: string; workerId: string };

/**
 * Takes a piece of work for a worker, unless another worker's lease on it is still good.
 *
 * @returns how often the work has been taken up, from 1; undefined when another has it
 */
export async function acquireLease(db: Database, lease: Lease, forMs: number): Promise<number | undefined> {
  const taken = await db
    .insert(leases)
    .values({ ...lease, until: after(forMs) })
    .onConflictDoUpdate({
      target: [leases.kind, leases.workId],
      set: { workerId: lease.workerId, until: after(forMs), attempt: sql`${leases.attempt} + 1` },
      setWhere: sql`${leases.until} < clock_timestamp() OR ${leases.workerId} = ${lease.workerId}`,
    })
    .returning({ attempt: leases.attempt });
  return taken[0]?.attempt;
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

/** Gives a piece of work back. */
export async function releaseLease(db: Database, lease: Lease): Promise<void> {
  await db.delete(leases).where(isHeldBy(lease));
}

/** Ids of the work of one kind on which some worker's lease is good. */
export async function listLeased(db: Database, kind: WorkKind): Promise<string[]> {
  const held = await db
    .select({ workId: leases.workId })
    .from(leases)
    .where(and(eq(leases.kind, kind), sql`${leases.until} >= clock_timestamp()`));
  return held.map(({ workId }) => workId);
}

function isHeldBy(lease: Lease) {
  return and(eq(leases.kind, lease.kind), eq(leases.workId, lease.workId), eq(leases.workerId, lease.workerId));
}

function after(ms: number) {
  return sql`clock_timestamp() + ${ms} * interval '1 millisecond'`;
}
