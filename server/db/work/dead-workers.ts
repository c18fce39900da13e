import { eq, sql } from "drizzle-orm";
import { type Database, openStore } from "@/server/db/client";
import { leases, workers } from "@/server/db/tables/work-tables";
import { heldByNobody } from "./leases";

export type Death = {
  /** As the end of "the worker …". */
  readonly how: string;
  /** The last lines of its log. */
  readonly log: readonly string[];
};

const bytesPerGib = 2 ** 30;

/** Removes a worker that is known to be dead: others may take up its work at once, and the death counts against that work. */
export async function forgetWorker(url: string, workerId: string, death: Death): Promise<void> {
  const store = openStore(url, { maxConnections: 1 });
  try {
    await buryWorker(store.db, workerId, death);
  } finally {
    await store.close();
  }
}

/** As `forgetWorker`. The same death is counted once, however often this is called. */
export async function buryWorker(db: Database, workerId: string, { how, log }: Death): Promise<void> {
  await db.transaction(async (transaction) => {
    const [worker] = await transaction.delete(workers).where(eq(workers.id, workerId)).returning();
    const memory =
      worker === undefined ? "" : ` It held ${(worker.memoryBytes / bytesPerGib).toFixed(2)} GiB of memory at its last heartbeat.`;
    const doing = worker?.doing == null ? "" : ` It was working on: ${worker.doing}.`;
    const words = log.length === 0 ? "" : `\nThe last lines of its log:\n${log.join("\n")}`;
    await transaction
      .update(leases)
      .set({ ...heldByNobody, deaths: sql`${leases.deaths} + 1`, lastDeath: `the worker ${how}.${memory}${doing}${words}` })
      .where(eq(leases.workerId, workerId));
  });
}

/** Ends all leases: for a database that has just been started, so that whoever held one has lost it or will learn so when it writes. */
export async function forgetLeases(url: string): Promise<void> {
  const store = openStore(url, { maxConnections: 1 });
  try {
    await store.db.update(leases).set(heldByNobody);
  } finally {
    await store.close();
  }
}
