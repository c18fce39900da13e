import type { CollectionSummary } from "@/lib/contract/latent";

/** The collection named in the link, if finished; else the newest finished one. */
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
