import { sql } from "drizzle-orm";
import type { Database } from "@/server/db/client";

const sweepLock = 7_405_311;

/** Does the work unless another worker is at it; PostgreSQL frees the lock when that one ends or dies. */
export async function whileSweeping(db: Database, work: () => Promise<void>): Promise<void> {
  await db.transaction(async (held) => {
    const { rows } = await held.execute<{ mine: boolean }>(sql`SELECT pg_try_advisory_xact_lock(${sweepLock}) AS mine`);
    if (rows[0]?.mine === true) await work();
  });
}
