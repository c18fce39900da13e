import type { LatentPage, LatentQuery } from "@/lib/contract/latent";
import { type CollectionRow, readCollection } from "@/server/db/latents/collections";
import { conditionsOf, countLatents, type LatentConditions, readLatentPage } from "@/server/db/latents/latents";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";

/** One page of the table of latents, sorted and filtered. */
export async function listLatents({ store }: ServiceContext, query: LatentQuery): Promise<LatentPage> {
  const collection = await finishedCollection(store, query.collectionId);
  const conditions = await conditionsOf(store.db, collection, query);
  if (conditions === undefined) return { rows: [], total: 0, totalUnfiltered: collection.numLatents };
  const total = await countOnce(store, collection, query, conditions);
  const rows = await readLatentPage(store.db, collection, conditions, { ...query, total });
  return { rows, total, totalUnfiltered: collection.numLatents };
}

/** @throws ServiceError when the collection is not there or has not ended */
export async function finishedCollection(store: ServiceContext["store"], collectionId: string): Promise<CollectionRow> {
  const collection = found(await readCollection(store.db, collectionId), "such collection");
  if (collection.status !== "finished") {
    throw new ServiceError("conflict", `The collection is ${collection.status}: its latents can be read when it is finished.`);
  }
  return collection;
}

/** A finished collection never changes, so a count is good for ever; the oldest make room. */
const counts = new Map<string, number>();
const mostCounts = 1000;

async function countOnce(
  store: ServiceContext["store"],
  collection: CollectionRow,
  query: LatentQuery,
  conditions: LatentConditions,
): Promise<number> {
  const { sort: _sort, order: _order, offset: _offset, limit: _limit, ...selection } = query;
  const key = JSON.stringify(Object.entries(selection).sort(([a], [b]) => (a < b ? -1 : 1)));
  const known = counts.get(key);
  if (known !== undefined) return known;
  const count = await countLatents(store.db, collection, conditions);
  counts.set(key, count);
  const oldest = counts.keys().next().value;
  if (counts.size > mostCounts && oldest !== undefined) counts.delete(oldest);
  return count;
}
