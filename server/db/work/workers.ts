import { desc, eq, sql } from "drizzle-orm";
import type { WorkerSummary } from "@/lib/contract/worker";
import type { Database } from "@/server/db/client";
import { workers } from "@/server/db/tables/work-tables";

export type WorkerRow = typeof workers.$inferSelect;
/** After so long without a heartbeat a worker counts as gone. */
const deadAfterSeconds = 10;
/** How long a dead worker is still listed, to explain why nothing progresses. */
const shownDeadSeconds = 600;

export type NewWorker = Pick<
  typeof workers.$inferInsert,
  "id" | "host" | "address" | "secret" | "device" | "backend" | "version" | "memoryBytes"
>;

export async function upsertWorker(db: Database, worker: NewWorker): Promise<void> {
  await db
    .insert(workers)
    .values(worker)
    .onConflictDoUpdate({ target: workers.id, set: { ...worker, startedAt: sql`now()`, heartbeatAt: sql`now()` } });
}

/** Says that a worker lives, and what it holds and does. */
export async function heartbeat(
  db: Database,
  workerId: string,
  state: { memoryBytes: number; loadedModels: string[]; doing: string | null },
): Promise<void> {
  await db
    .update(workers)
    .set({ ...state, heartbeatAt: sql`now()` })
    .where(eq(workers.id, workerId));
}

/** The living workers, and those that died within the last minutes after them. */
export async function listWorkers(db: Database): Promise<WorkerSummary[]> {
  const rows = await db
    .select({ worker: workers, isAlive: isAlive() })
    .from(workers)
    .where(sql`${workers.heartbeatAt} > now() - ${shownDeadSeconds} * interval '1 second'`)
    .orderBy(desc(workers.heartbeatAt));
  return rows.map(({ worker, isAlive }) => ({
    id: worker.id,
    host: worker.host,
    device: worker.device,
    backend: worker.backend,
    version: worker.version,
    isAlive,
    heartbeatAt: worker.heartbeatAt.toISOString(),
    memoryBytes: worker.memoryBytes,
    loadedModels: worker.loadedModels,
    doing: isAlive ? worker.doing : null,
  }));
}

/** Living workers with address and secret, for calls to their ports. */
export async function listLivingWorkers(db: Database): Promise<WorkerRow[]> {
  return db.select().from(workers).where(isAlive()).orderBy(workers.startedAt);
}

export async function deleteWorker(db: Database, workerId: string): Promise<void> {
  await db.delete(workers).where(eq(workers.id, workerId));
}

/** Forgets workers that are no longer shown. */
export async function deleteDeadWorkers(db: Database): Promise<void> {
  await db.delete(workers).where(sql`${workers.heartbeatAt} < now() - ${shownDeadSeconds} * interval '1 second'`);
}

function isAlive() {
  return sql<boolean>`${workers.heartbeatAt} > now() - ${deadAfterSeconds} * interval '1 second'`;
}
