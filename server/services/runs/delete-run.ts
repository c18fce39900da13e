import { removeLabels } from "@/server/db/labels/labels";
import { listCollections } from "@/server/db/latents/collections";
import { readRun, deleteRun as removeRun } from "@/server/db/runs/runs";
import { listUnfinishedJobsOfRun } from "@/server/db/work/jobs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError, withFileErrors } from "@/server/services/errors";
import { cancelUnfinishedJob } from "@/server/services/work/cancel-job";
import { deleteCollection } from "@/server/services/work/delete-collection";
import { whileLeased } from "@/server/services/work/while-leased";

/**
 * Removes a run that has ended, with its collections, saved edits, generations, studies, detections, checkpoints and adapter. Runs that were derived from it stay:
 * their adapters are their own. What works on it or its collections is cancelled first.
 *
 * @throws ServiceError `conflict` while it has not ended, or while a worker still holds it or one of its collections after some seconds
 */
export async function deleteRun(context: ServiceContext, runId: string): Promise<void> {
  const { store, artefacts } = context;
  await demandEnded(context, runId);
  const busy = "The run's worker is still finishing. Remove the run in a few seconds.";
  await whileLeased(store, { kind: "run", workId: runId, busy }, async () => {
    // It may have been resumed meanwhile.
    await demandEnded(context, runId);
    for (const taskId of await listUnfinishedJobsOfRun(store.db, runId)) await cancelUnfinishedJob(context, taskId);
    for (const { id } of await listCollections(store.db, runId)) await deleteCollection(context, id);
    await removeLabels(store.db, runId);
    await removeRun(store.db, runId);
    // Last: files that nothing names any more do no harm, a record without files would.
    await withFileErrors(() => artefacts.delete(`runs/${runId}`));
  });
}

async function demandEnded({ store }: ServiceContext, runId: string): Promise<void> {
  const { status } = found(await readRun(store.db, runId), "such run");
  if (status === "queued" || status === "running" || status === "stopping") {
    throw new ServiceError("conflict", `The run is ${status}: cancel it, then remove it.`);
  }
}
