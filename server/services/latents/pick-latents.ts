import type { LatentRows, LatentRowsRequest } from "@/lib/contract/latent";
import { readLatentRows } from "@/server/db/latents/latents";
import type { ServiceContext } from "@/server/services/context";
import { finishedCollection, ordinalsByLatent } from "./finished-collection";

/** The rows of the table that belong to some latents, in the order of these. */
export async function pickLatents({ store }: ServiceContext, collectionId: string, { latents }: LatentRowsRequest): Promise<LatentRows> {
  const collection = await finishedCollection(store, collectionId);
  return { rows: await readLatentRows(store, collection, latents.map(ordinalsByLatent(collection))) };
}
