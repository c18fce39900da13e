import { removeLabels } from "@/server/db/labels/labels";
import { listCollections } from "@/server/db/latents/collections";
import { dropCollection } from "@/server/db/latents/load-collection";
import { readRun, deleteRun as removeRun } from "@/server/db/runs/runs";
import { listUnfinishedTasksOfRun } from "@/server/db/work/tasks";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError, withFileErrors } from "@/server/services/errors";
import { cancelUnfinishedTask } from "@/server/services/work/cancel-task";

/**
 * Removes a run that has ended, with its collections, saved edits, generations, studies, checkpoints and adapter. Runs that were derived from it stay:
 * their adapters are their own.
 */
export async function deleteRun(context: ServiceContext, runId: string): Promise<void> {
  const { store, artefacts } = context;
  const run = found(await readRun(store.db, runId), "such run");
  if (run.status === "queued" || run.status === "running" || run.status === "stopping") {
    throw new ServiceError("conflict", `The run is ${run.status}: cancel it, then remove it.`);
  }
  for (const taskId of await listUnfinishedTasksOfRun(store.db, runId)) await cancelUnfinishedTask(context, taskId);
  for (const { id } of await listCollections(store.db, runId)) await dropCollection(store, id);
  await removeLabels(store.db, runId);
  await removeRun(store.db, runId);
  // Last: files that nothing names any more do no harm, a record without files would.
  await withFileErrors(() => artefacts.delete(`runs/${runId}`));
}
