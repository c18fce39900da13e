import type { CollectionSummary } from "@/lib/contract/latent";

/** The collection that a link names, if it is finished; else the newest finished one. */
export function chosenCollection(collections: readonly CollectionSummary[], wanted: string | null): CollectionSummary | null {
  const finished = collections.filter((collection) => collection.status === "finished");
  const newest = finished.reduce<CollectionSummary | null>(
    (best, one) => (best === null || one.createdAt > best.createdAt ? one : best),
    null,
  );
  return finished.find((collection) => collection.id === wanted) ?? newest;
}

export function isUnderWay(collection: CollectionSummary): boolean {
  return collection.status === "queued" || collection.status === "running";
}
