import type { CollectionSummary } from "@/lib/contract/latent";
import { notify } from "@/server/db/events";
import { readCollection, setCollectionStatus, toCollectionSummary } from "@/server/db/latents/collections";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";

/**
 * Ends a collection that is queued or running: its counts are lost, and it stays listed as cancelled.
 *
 * @throws ServiceError `conflict` when it has ended, or is a dictionary
 */
export async function cancelCollection({ store }: ServiceContext, collectionId: string): Promise<CollectionSummary> {
  const collection = found(await readCollection(store.db, collectionId), "such collection");
  if (collection.runId === null) throw new ServiceError("conflict", "A dictionary is imported by a job: cancel that job.");
  await store.db.transaction(async (transaction) => {
    if (!(await setCollectionStatus(transaction, collection, "cancelled")))
      throw new ServiceError("conflict", "The collection has ended already.");
    await notify(transaction, { kind: "request", workId: collectionId });
  });
  return toCollectionSummary(found(await readCollection(store.db, collectionId), "such collection"));
}
