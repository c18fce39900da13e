import type { ColumnHistogram } from "@/lib/contract/latent";
import { countColumnBins } from "@/server/db/latents/column-bins";
import type { ServiceContext } from "@/server/services/context";
import { finishedCollection } from "./finished-collection";

/** How the latents of a collection lie along each numeric column; those without a value are left out. */
export async function listColumnHistograms({ store }: ServiceContext, collectionId: string): Promise<ColumnHistogram[]> {
  return countColumnBins(store, await finishedCollection(store, collectionId));
}
