import type { CollectionSummary } from "@/lib/contract/latent";
import { listDictionaries as readDictionaries } from "@/server/db/latents/collections";
import type { ServiceContext } from "@/server/services/context";

/** Dictionaries that were imported from another tool, newest first. */
export function listDictionaries({ store }: ServiceContext): Promise<CollectionSummary[]> {
  return readDictionaries(store.db);
}
