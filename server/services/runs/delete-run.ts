import { removeLabels } from "@/server/db/labels/labels";
import { listCollections } from "@/server/db/latents/collections";
import { dropCollection } from "@/server/db/latents/load-collection";
import { readRun, deleteRun as removeRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError, withFileErrors } from "@/server/services/errors";

/** Removes a run that has ended, with its collections, checkpoints and adapter. */
export async function deleteRun({ store, artefacts }: ServiceContext, runId: string): Promise<void> {
  const run = found(await readRun(store.db, runId), "such run");
  if (run.status === "queued" || run.status === "running" || run.status === "stopping") {
    throw new ServiceError("conflict", `The run is ${run.status}: cancel it, then remove it.`);
  }
  for (const { id } of await listCollections(store.db, runId)) await dropCollection(store, id);
  await removeLabels(store.db, runId);
  await removeRun(store.db, runId);
  // Last: files that nothing names any more do no harm, a record without files would.
  await withFileErrors(() => artefacts.delete(`runs/${runId}`));
}
