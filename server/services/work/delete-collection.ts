import { removeLabels } from "@/server/db/labels/labels";
import { readCollection, setCollectionStatus } from "@/server/db/latents/collections";
import { dropCollection } from "@/server/db/latents/load-collection";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { whileLeased } from "./while-leased";

/**
 * Removes a collection with all that it holds; one that is being made is cancelled first. Labels of a run's latents stay with the run, those of a
 * dictionary go.
 *
 * @throws ServiceError `conflict` when its worker has not released it within some seconds
 */
export async function deleteCollection({ store }: ServiceContext, collectionId: string): Promise<void> {
  const collection = found(await readCollection(store.db, collectionId), "such collection");
  if (collection.runId === null && collection.status === "running") {
    throw new ServiceError("conflict", "The dictionary is being imported: cancel the import, then remove it.");
  }
  if (collection.status === "queued" || collection.status === "running") await setCollectionStatus(store.db, collection, "cancelled");
  const busy = "The collection is being cancelled and its worker is still finishing. Remove it in a few seconds.";
  await whileLeased(store, { kind: "collection", workId: collectionId, busy }, async () => {
    await dropCollection(store, collectionId);
    if (collection.runId === null) await removeLabels(store.db, collectionId);
  });
}
