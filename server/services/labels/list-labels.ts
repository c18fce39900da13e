import type { LatentLabel } from "@/lib/contract/label";
import { listLabels as readLabels } from "@/server/db/labels/labels";
import { readCollection, subjectOf } from "@/server/db/latents/collections";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";

/** All labels of what a collection's latents belong to, by module and index; other collections of the run show the same. */
export async function listLabels({ store }: ServiceContext, collectionId: string): Promise<LatentLabel[]> {
  const collection = found(await readCollection(store.db, collectionId), "such collection");
  return readLabels(store.db, subjectOf(collection));
}
