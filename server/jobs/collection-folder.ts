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
