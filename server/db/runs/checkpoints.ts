import { desc, eq } from "drizzle-orm";
import type { Database } from "@/server/db/client";
import { notify } from "@/server/db/events";
import { checkpoints, runs } from "@/server/db/tables/run-tables";

export type CheckpointRow = typeof checkpoints.$inferSelect;

/** Names a checkpoint whose files are complete and synced: only now may a run resume from it. */
export async function recordCheckpoint(
  db: Database,
  checkpoint: { runId: string; step: number; folder: string; sizeBytes: number },
): Promise<void> {
  await db.transaction(async (transaction) => {
    await transaction
      .insert(checkpoints)
      .values(checkpoint)
      .onConflictDoUpdate({
        target: [checkpoints.runId, checkpoints.step],
        set: { folder: checkpoint.folder, sizeBytes: checkpoint.sizeBytes },
      });
    await transaction.update(runs).set({ checkpointStep: checkpoint.step }).where(eq(runs.id, checkpoint.runId));
    await notify(transaction, { kind: "run", runId: checkpoint.runId });
  });
}

export async function latestCheckpoint(db: Database, runId: string): Promise<CheckpointRow | undefined> {
  return (await db.select().from(checkpoints).where(eq(checkpoints.runId, runId)).orderBy(desc(checkpoints.step)).limit(1))[0];
}
