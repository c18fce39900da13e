import { readdirSync } from "node:fs";
import { artefactStore } from "@/server/files/artefact-store";

/** Where a collection's shards lie in the data folder until they are added up. */
export type CollectionFolder = {
  shardPath(shard: number): string;
  remove(): void;
};

export function collectionFolder(dataFolder: string, collectionId: string): CollectionFolder {
  const store = artefactStore(dataFolder);
  const folder = `collections/${collectionId}`;
  return {
    shardPath: (shard) => store.path(`${folder}/shard-${shard}.safetensors`),
    remove: () => store.delete(folder),
  };
}

/** Removes what collections that have ended left: a worker may die between the last write of one and the removal of its shards. */
export function removeOtherCollections(dataFolder: string, unfinished: ReadonlySet<string>): void {
  const store = artefactStore(dataFolder);
  if (!store.has("collections")) return;
  for (const id of readdirSync(store.path("collections"))) if (!unfinished.has(id)) store.delete(`collections/${id}`);
}
