import { type LatentPage, type LatentQuery, mostNamedDuplicates } from "@/lib/contract/latent";
import { readLatentRows } from "@/server/db/latents/latents";
import { readPage } from "@/server/db/latents/order-latents";
import type { ServiceContext } from "@/server/services/context";
import { finishedCollection, latentsByOrdinal } from "./finished-collection";

/** One page of the table of latents, sorted and filtered. */
export async function listLatents({ store }: ServiceContext, query: LatentQuery): Promise<LatentPage> {
  const collection = await finishedCollection(store, query.collectionId);
  const { ordinals, total, folded, totalFolded } = await readPage(store, collection, query);
  const rows = await readLatentRows(store, collection, ordinals);
  const latentAt = latentsByOrdinal(collection);
  const named = folded.map((under) => ({
    count: under.length,
    latents: under.slice(0, mostNamedDuplicates).map(latentAt),
  }));
  return { rows, total, totalUnfiltered: collection.numLatents, folded: named, totalFolded };
}
