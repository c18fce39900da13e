import { measureEffectsRequest } from "@/lib/contract/effect";
import { type CollectionRow, listUnfinishedCollections, readCollection, setCollectionStatus } from "@/server/db/latents/collections";
import { dropShards } from "@/server/db/latents/shards";
import { newId } from "@/server/db/new-id";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { enqueue } from "@/server/db/work/queue";
import { insertTask } from "@/server/db/work/tasks";
import { analyseLatents } from "./analyse-latents";
import { collectionFolder, removeOtherCollections } from "./collection-folder";
import type { LatestPlan } from "./collection-plans";
import { CollectionProgress } from "./collection-progress";
import { explain } from "./explain";
import { gatherShards } from "./gather-shards";
import { HandedBackError, type HeldWork, LeaseLostError } from "./held-work";
import type { JobContext } from "./job-context";
import { openReading } from "./open-run";
import { storeCollection } from "./store-collection";
import type { Job } from "./work-loop";

/**
 * Reads a corpus with a run's adapter and stores the statistics of every latent; other workers help with its shards. Until it is whole nothing
 * of it is seen. A worker that takes it up again goes on from the shards that are done.
 */
export function collectRun(context: JobContext, plans: LatestPlan): Job {
  return async (work) => {
    const { db } = context.store;
    const collection = await retryWhileDown(() => readCollection(db, work.workId));
    // Between the look and the lease it may have ended, or been cancelled.
    if (collection?.status !== "queued" && collection?.status !== "running") return;
    work.title = `Collecting latents, ${collection.name}`;
    const mark = async (status: CollectionRow["status"], error: string | null = null) => {
      await work.confirm();
      await retryWhileDown(() => setCollectionStatus(db, collection, status, error));
    };
    try {
      await mark("running");
      const unfinished = await retryWhileDown(() => listUnfinishedCollections(db));
      removeOtherCollections(context.dataFolder, new Set(unfinished.map(({ id }) => id)));
      await collect(context, plans, collection, work);
      await removeShards(context, collection.id);
      await orderEffects(context, collection);
    } catch (error) {
      if (error instanceof LeaseLostError) throw error;
      if (work.isHandedBack) {
        await mark("queued");
        throw new HandedBackError(`the collection ${collection.id} is handed back`);
      }
      if (work.signal.aborted) await mark("cancelled");
      else await mark("failed", explain(error));
      await removeShards(context, collection.id);
    } finally {
      plans.forget(collection.id);
    }
  };
}

async function collect(context: JobContext, plans: LatestPlan, collection: CollectionRow, work: HeldWork): Promise<void> {
  const { store, now } = context;
  const startedAt = now();
  const progress = new CollectionProgress(context, collection, work);
  const open = await openReading(context, collection.runId);
  try {
    const planned = await plans.of(collection, open, work.signal);
    const statistics = await gatherShards({ context, collection, open, planned, work, progress });
    const { plan } = planned;
    const findings = await analyseLatents({ context, collection, open, plan, work, progress });
    await progress.show({ stage: "Storing" });
    const { base, adapter } = open;
    const pass = { base, adapter, plan, statistics, findings, elapsedMs: () => now() - startedAt };
    const afterEach = (done: number) => progress.update({ stage: `Storing: ${done} of ${adapter.modules.length} modules` });
    await retryWhileDown(() => storeCollection(store, collection, pass, afterEach));
  } finally {
    open.close();
  }
}

/** Queues the measurement that the settings ask for: a task of its own, which is shown, cancelled and resumed as one. */
async function orderEffects({ store, queue }: JobContext, { id: collectionId, name, settings }: CollectionRow): Promise<void> {
  const { measuredLatents: count, attributionRows } = settings;
  if (count === 0) return;
  const by = attributionRows > 0 ? "attribution" : "outputShare";
  const input = { kind: "measureEffects", collectionId, request: measureEffectsRequest.parse({ latents: { by, count } }) } as const;
  const id = newId();
  await retryWhileDown(() =>
    insertTask(store.db, { id, kind: input.kind, title: `Effects of ${count} latents, ${name}`, input, unit: "latents", total: count }),
  );
  await enqueue(queue, "task", { taskId: id });
}

async function removeShards({ store, dataFolder }: JobContext, collectionId: string): Promise<void> {
  await retryWhileDown(() => dropShards(store.db, collectionId));
  collectionFolder(dataFolder, collectionId).remove();
}
