import type { LatentRow } from "@/lib/contract/latent";
import type { Store } from "@/server/db/client";
import { readLatentRows } from "@/server/db/latents/latents";
import { orderLatents, pageOf } from "@/server/db/latents/order-latents";
import type { LatentSelection } from "@/server/db/latents/select-latents";
import { finishedCollection } from "./finished-collection";

const rowsAPage = 2000;

/**
 * All latents of a selection in its order, read as they are taken. Which they are is settled at the first; a label that changes meanwhile shows as it
 * is when its row is read.
 *
 * @throws ServiceError when the collection is not there or has not ended
 */
export async function* latentRows(store: Store, query: LatentSelection): AsyncGenerator<LatentRow> {
  const collection = await finishedCollection(store, query.collectionId);
  const order = await orderLatents(store, collection, query);
  for (let offset = 0; offset < order.total; offset += rowsAPage) {
    yield* await readLatentRows(store, collection, pageOf(order, { offset, limit: rowsAPage }));
  }
}
