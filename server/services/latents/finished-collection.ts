import type { LatentRef } from "@/lib/contract/edit";
import type { Store } from "@/server/db/client";
import { type CollectionRow, readCollection } from "@/server/db/latents/collections";
import { ordinalOf, ordinalOffsets, placeOf } from "@/server/db/latents/latent-ordinals";
import { found, ServiceError } from "@/server/services/errors";

/** @throws ServiceError when the collection is not there or has not ended */
export async function finishedCollection(store: Store, collectionId: string): Promise<CollectionRow> {
  const collection = found(await readCollection(store.db, collectionId), "such collection");
  if (collection.status !== "finished") {
    throw new ServiceError("conflict", `The collection is ${collection.status}: its latents can be read when it is finished.`);
  }
  return collection;
}

/** A module of a collection by name, with its place. @throws ServiceError when there is none of that name */
export function moduleOf({ modules }: CollectionRow, latent: { module: string; index: number }) {
  const place = modules.findIndex(({ name }) => name === latent.module);
  return { place, module: found(modules[place], whichLatent(latent)) };
}

/** Names a collection's latents by their ordinals. */
export function latentsByOrdinal({ modules }: CollectionRow): (ordinal: number) => LatentRef {
  const offsets = ordinalOffsets(modules);
  return (ordinal) => {
    const { module, index } = placeOf(offsets, ordinal);
    return { module: modules[module]?.name ?? "", index };
  };
}

/** Finds a collection's latents by name, as ordinals. The function throws a ServiceError where there is no such latent. */
export function ordinalsByLatent(collection: CollectionRow): (latent: LatentRef) => number {
  const offsets = ordinalOffsets(collection.modules);
  return (latent) => {
    const ordinal = ordinalOf(offsets, { module: moduleOf(collection, latent).place, index: latent.index });
    if (ordinal < 0) throw new ServiceError("notFound", `There is no ${whichLatent(latent)}.`);
    return ordinal;
  };
}

/** As a failure names it. */
export function whichLatent({ module, index }: { module: string; index: number }): string {
  return `latent ${index} of ${module} in this collection`;
}
