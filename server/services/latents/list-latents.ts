import type { LatentPage, LatentQuery } from "@/lib/contract/latent";
import { readLatentRows } from "@/server/db/latents/latents";
import { readPage } from "@/server/db/latents/order-latents";
import type { ServiceContext } from "@/server/services/context";
import { finishedCollection } from "./finished-collection";

/** One page of the table of latents, sorted and filtered. */
export async function listLatents({ store }: ServiceContext, query: LatentQuery): Promise<LatentPage> {
  const collection = await finishedCollection(store, query.collectionId);
  const { ordinals, total } = await readPage(store, collection, query);
  const rows = await readLatentRows(store, collection, ordinals);
  return { rows, total, totalUnfiltered: collection.numLatents };
}
