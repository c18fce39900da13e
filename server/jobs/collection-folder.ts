import { artefactStore } from "@/server/files/artefact-store";

/** Where a collection's shards lie in the data folder until they are added up. */
export type CollectionFolder = {
  shardPath(shard: number): string;
  removeShard(shard: number): void;
  remove(): void;
};

export function collectionFolder(dataFolder: string, collectionId: string): CollectionFolder {
  const store = artefactStore(dataFolder);
  const folder = `collections/${collectionId}`;
  const key = (shard: number) => `${folder}/shard-${shard}.safetensors`;
  return {
    shardPath: (shard) => store.path(key(shard)),
    removeShard: (shard) => store.delete(key(shard)),
    remove: () => store.delete(folder),
  };
}
