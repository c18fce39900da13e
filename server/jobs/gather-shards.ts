import { setTimeout as sleep } from "node:timers/promises";
import { listShards, saveShardPlan, shardId } from "@/server/db/latents/shards";
import { retryWhileDown } from "@/server/db/retry-while-down";
import type { CollectionStatistics } from "@/server/engine/features/collection-statistics";
import { mergeCollections } from "@/server/engine/features/merge";
import { collectShard, createStatistics } from "@/server/runtime/collections/collection-session";
import { hasShardFile, readShardFile } from "@/server/runtime/collections/shard-file";
import { runInParts } from "@/server/runtime/run-in-parts";
import { collectionFolder } from "./collection-folder";
import type { CollectionProgress } from "./collection-progress";
import { doShard, type ShardWork } from "./do-shard";
import type { HeldWork } from "./held-work";

type Gathering = Omit<ShardWork, "onProgress"> & {
  /** Holds the collection's lease. */
  readonly work: HeldWork;
  readonly progress: CollectionProgress;
};

/** How long the worker that leads waits before it looks again, when others have all that is left. */
const lookEveryMs = 250;

/**
 * The statistics of the whole collection: takes shard after shard, as other workers do beside it, and adds them up in their order when all are
 * there. What an earlier attempt did of the same plan is kept.
 */
export async function gatherShards(gathering: Gathering): Promise<CollectionStatistics> {
  const { context, collection, open, planned, work, progress } = gathering;
  const { shards } = planned.plan;
  const isKnown = await retryWhileDown(() =>
    saveShardPlan(
      context.store.db,
      collection,
      shards.map(({ tokens }) => tokens),
    ),
  );
  const folder = collectionFolder(context.dataFolder, collection.id);
  if (!isKnown) folder.remove();
  await progress.show({ stage: "Reading text", positions: 0, shards: { done: 0, total: shards.length } });
  if (shards.length === 1) {
    const onProgress = (positions: number) => progress.update({ positions });
    const { turns } = context.runtime;
    const { base, adapter } = open;
    const whole = await collectShard({ base, adapter, plan: planned.plan, shard: 0, turns, signal: work.signal, onProgress });
    await progress.show({ positions: whole.tokens, shards: { done: 1, total: 1 } });
    return whole;
  }
  await untilAllAreDone(gathering);
  await progress.show({ stage: "Adding up the shards" });
  const whole = createStatistics(planned.plan, open.base, open.adapter);
  for (const shard of shards.keys()) {
    const part = await runInParts(readShardFile(folder.shardPath(shard)), work.signal);
    await runInParts(mergeCollections(whole, part), work.signal);
    await progress.update({});
  }
  return whole;
}

async function untilAllAreDone({ work, progress, ...rest }: Gathering): Promise<void> {
  const { context, collection, planned } = rest;
  const folder = collectionFolder(context.dataFolder, collection.id);
  const present = new Set<number>();
  const total = planned.plan.shards.length;
  for (;;) {
    work.signal.throwIfAborted();
    const rows = await retryWhileDown(() => listShards(context.store.db, collection.id));
    // A file of another fingerprint, or none on this disk, counts as not done.
    for (const { shard, status } of rows) {
      if (status === "done" && !present.has(shard) && hasShardFile(folder.shardPath(shard), planned.fingerprint)) present.add(shard);
    }
    const before = rows.reduce((sum, { shard, positions }) => sum + (present.has(shard) ? positions : 0), 0);
    await progress.update({ positions: before, shards: { done: present.size, total } });
    if (present.size === total) return;
    const onProgress = (positions: number) => progress.update({ positions: before + positions });
    let isOneTaken = false;
    for (const { shard } of rows) {
      if (present.has(shard)) continue;
      isOneTaken = await work.doPart("shard", shardId(collection.id, shard), (part) => doShard({ ...rest, onProgress }, shard, part));
      if (!isOneTaken) continue;
      await work.progressed();
      break;
    }
    if (!isOneTaken) await sleep(lookEveryMs);
  }
}
