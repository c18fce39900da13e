import type { CollectionSummary } from "@/lib/contract/latent";
import { readCollection, listCollections as readCollections, toCollectionSummary } from "@/server/db/latents/collections";
import { readRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";

/** A run's statistics passes, newest first. */
export async function listCollections({ store }: ServiceContext, runId: string): Promise<CollectionSummary[]> {
  found(await readRun(store.db, runId), "such run");
  return readCollections(store.db, runId);
}

export async function getCollection({ store }: ServiceContext, collectionId: string): Promise<CollectionSummary> {
  return toCollectionSummary(found(await readCollection(store.db, collectionId), "such collection"));
}
