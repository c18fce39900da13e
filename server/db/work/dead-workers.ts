import { eq } from "drizzle-orm";
import { openStore } from "@/server/db/client";
import { leases, workers } from "@/server/db/tables/work-tables";

/** Forgets a worker that is known to be dead: what it held can be taken up at once, and nobody calls it any more. */
export async function forgetWorker(url: string, workerId: string): Promise<void> {
  const store = openStore(url, { maxConnections: 1 });
  try {
    await store.db.delete(workers).where(eq(workers.id, workerId));
    await store.db.delete(leases).where(eq(leases.workerId, workerId));
  } finally {
    await store.close();
  }
}

/** Lets go of all leases: for a database that has just been started, so that whoever held one has lost it or will learn so when it writes. */
export async function forgetLeases(url: string): Promise<void> {
  const store = openStore(url, { maxConnections: 1 });
  try {
    await store.db.delete(leases);
  } finally {
    await store.close();
  }
}
