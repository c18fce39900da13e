import { shippedCollection } from "@/lib/contract/sample";
import { listCollections, readCollection } from "@/server/db/latents/collections";
import { readRunSummary } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { deleteCollection } from "@/server/services/work/delete-collection";

/**
 * Removes a collection, unless the sample came with it: without its statistics, a sample that is opened again would be found as it was left.
 *
 * @throws ServiceError `conflict` for that, or when its worker has not released it within some seconds
 */
export async function removeCollection(context: ServiceContext, collectionId: string): Promise<void> {
  const { db } = context.store;
  const { runId } = found(await readCollection(db, collectionId), "such collection");
  const run = runId === null ? undefined : await readRunSummary(db, runId);
  if (run?.isSample && shippedCollection(await listCollections(db, run.id))?.id === collectionId) {
    throw new ServiceError("conflict", "These statistics are part of the sample. Remove the sample itself; it can be opened again.");
  }
  await deleteCollection(context, collectionId);
}
