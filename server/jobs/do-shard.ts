import type { CollectionRow } from "@/server/db/latents/collections";
import { setShardStatus } from "@/server/db/latents/shards";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { collectShard } from "@/server/runtime/collections/collection-session";
import { hasShardFile, writeShardFile } from "@/server/runtime/collections/shard-file";
import { runInParts } from "@/server/runtime/run-in-parts";
import { collectionFolder } from "./collection-folder";
import type { OpenPlan } from "./collection-plans";
import type { HeldWork } from "./held-work";
import type { JobContext } from "./job-context";
import type { OpenReading } from "./open-run";

export type ShardWork = {
  readonly context: JobContext;
  readonly collection: CollectionRow;
  readonly open: OpenReading;
  readonly planned: OpenPlan;
  /** Told after each forward pass how many counted tokens of the shard are through. */
  onProgress(tokens: number): Promise<void>;
};

/**
 * Adds up one shard, writes its accumulators beside those of the others, and then says in the database that they are there. A shard whose file
 * is there is not done twice.
 *
 * @param part holds the shard's lease
 */
export async function doShard({ context, collection, open, planned, onProgress }: ShardWork, shard: number, part: HeldWork): Promise<void> {
  const { store, runtime, dataFolder } = context;
  const { base, adapter } = open;
  const { plan, fingerprint } = planned;
  const folder = collectionFolder(dataFolder, collection.id);
  const path = folder.shardPath(shard);
  if (!hasShardFile(path, fingerprint)) {
    const { signal } = part;
    const statistics = await collectShard({ base, adapter, plan, shard, turns: runtime.turns, signal, onProgress });
    await part.confirm();
    await runInParts(writeShardFile(path, statistics, fingerprint), signal);
  }
  await part.confirm();
  const isWanted = await retryWhileDown(() => setShardStatus(store.db, collection, shard, "done"));
  // The collection ended meanwhile: nobody will add this shard up.
  if (!isWanted) folder.remove();
}
