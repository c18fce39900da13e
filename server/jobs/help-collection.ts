import { readCollection } from "@/server/db/latents/collections";
import { listShards, parseShardId } from "@/server/db/latents/shards";
import { retryWhileDown } from "@/server/db/retry-while-down";
import type { LatestPlan } from "./collection-plans";
import { doShard } from "./do-shard";
import { explain } from "./explain";
import { DeclinedError, HandedBackError, type HeldWork, LeaseLostError } from "./held-work";
import type { JobContext } from "./job-context";
import { openReading } from "./open-run";
import type { Job } from "./work-loop";

const confirmEveryMs = 500;

/**
 * Does a shard of a collection that another worker leads. What goes wrong here is left to the one that leads: it does the shard itself, and
 * says so where it fails too.
 */
export function helpCollection(context: JobContext, plans: LatestPlan): Job {
  return async (work) => {
    try {
      await help(context, plans, work);
    } catch (error) {
      if (error instanceof LeaseLostError) throw error;
      if (work.isHandedBack) throw new HandedBackError(`the shard ${work.workId} is handed back`);
      throw new DeclinedError(`the shard ${work.workId} is left to other workers: ${explain(error)}`, { cause: error });
    }
  };
}

async function help(context: JobContext, plans: LatestPlan, work: HeldWork): Promise<void> {
  const { store, now } = context;
  const { collectionId, shard } = parseShardId(work.workId);
  const collection = await retryWhileDown(() => readCollection(store.db, collectionId));
  const shards = await retryWhileDown(() => listShards(store.db, collectionId));
  // What another worker did between the look and the lease is done.
  if (collection?.status !== "running" || shards[shard]?.status !== "queued") return;
  work.title = `Collecting latents, ${collection.name}, shard ${shard + 1} of ${shards.length}`;
  const open = await openReading(context, collection.runId);
  try {
    const planned = await plans.of(collection, open, work.signal);
    const isSame =
      planned.plan.shards.length === shards.length && shards.every(({ positions }, at) => planned.plan.shards[at]?.tokens === positions);
    if (!isSame) throw new Error("the data changed after the collection was planned");
    let confirmedAt = now();
    const onProgress = async () => {
      if (now() - confirmedAt < confirmEveryMs) return;
      confirmedAt = now();
      await work.confirm();
    };
    await doShard({ context, collection, open, planned, onProgress }, shard, work);
  } finally {
    open.close();
  }
}
