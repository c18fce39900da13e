import type { LatentQuery } from "@/lib/contract/latent";
import { latentsParquet } from "@/server/interop/latents-parquet";
import type { ServiceContext } from "@/server/services/context";
import { finishedCollection } from "@/server/services/latents/finished-collection";
import { latentRows } from "@/server/services/latents/latent-rows";

/** All latents of a selection, in its order, as a Parquet file. */
export async function exportParquet({ store }: ServiceContext, query: LatentQuery): Promise<AsyncGenerator<Uint8Array>> {
  const collection = await finishedCollection(store, query.collectionId);
  return latentsParquet(
    latentRows(store, query),
    collection.domains.map(({ name }) => name),
  );
}
