import type { LatentRows, LatentRowsRequest } from "@/lib/contract/latent";
import { ordinalOf, ordinalOffsets } from "@/server/db/latents/latent-ordinals";
import { readLatentRows } from "@/server/db/latents/latents";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { finishedCollection, moduleOf, whichLatent } from "./finished-collection";

/** The rows of the table that belong to some latents, in the order of these. */
export async function pickLatents({ store }: ServiceContext, collectionId: string, { latents }: LatentRowsRequest): Promise<LatentRows> {
  const collection = await finishedCollection(store, collectionId);
  const offsets = ordinalOffsets(collection.modules);
  const ordinals = latents.map((latent) => {
    const { place, module } = moduleOf(collection, latent);
    if (latent.index >= module.numLatents) throw new ServiceError("notFound", `There is no ${whichLatent(latent)}.`);
    return ordinalOf(offsets, { module: place, index: latent.index });
  });
  return { rows: await readLatentRows(store, collection, ordinals) };
}
