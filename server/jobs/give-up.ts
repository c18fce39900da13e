import type { Store } from "@/server/db/client";
import { readCollection, setCollectionStatus } from "@/server/db/latents/collections";
import { parseShardId } from "@/server/db/latents/shards";
import { appendLog } from "@/server/db/runs/run-progress";
import { readRun, setRunStatus } from "@/server/db/runs/runs";
import { readJob, setJobStatus } from "@/server/db/work/jobs";
import { releaseLease } from "@/server/db/work/leases";
import { type HeldWork, tooManyDeaths } from "./held-work";
import { removeUpload } from "./remove-upload";

type Place = { readonly store: Store; readonly dataFolder: string };

/**
 * Fails work that has cost too many workers, and says what is known of the last death. The count goes with the lease, so a person can start the work
 * again. A job's upload is removed.
 */
export async function giveUp({ store, dataFolder }: Place, { kind, workId, lease }: HeldWork, lastDeath: string | null): Promise<void> {
  const { db } = store;
  const error = tooManyDeaths(lastDeath);
  await db.transaction(async (transaction) => {
    switch (kind) {
      case "run": {
        const step = (await readRun(transaction, workId))?.step ?? 0;
        await appendLog(transaction, workId, { step, level: "error", message: error });
        await setRunStatus(transaction, workId, "failed", error);
        break;
      }
      case "task":
        await setJobStatus(transaction, workId, "failed", error);
        break;
      case "collection":
      case "shard": {
        const collectionId = kind === "shard" ? parseShardId(workId).collectionId : workId;
        const collection = await readCollection(transaction, collectionId);
        if (collection !== undefined) await setCollectionStatus(transaction, collection, "failed", error);
      }
    }
    await releaseLease(transaction, lease);
  });
  const job = kind === "task" ? await readJob(db, workId) : undefined;
  if (job?.status === "failed") removeUpload(dataFolder, job.input);
}
