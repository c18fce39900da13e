import { measureEffectsRequest } from "@/lib/contract/effect";
import type { Database } from "@/server/db/client";
import { type CollectionRow, readCollection, setCollectionStatus } from "@/server/db/latents/collections";
import { dropLoad } from "@/server/db/latents/load-collection";
import { dropShards } from "@/server/db/latents/shards";
import { newId } from "@/server/db/new-id";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { insertJob } from "@/server/db/work/jobs";
import { analyseLatents } from "./analyse-latents";
import { collectionFolder } from "./collection-folder";
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
 * of it is seen. A worker that takes it over continues from the finished shards.
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
      await collect(context, plans, collection, work);
    } catch (error) {
      if (error instanceof LeaseLostError) throw error;
      if (work.isHandedBack) {
        await mark("queued");
        throw new HandedBackError(`the collection ${collection.id} is handed back`);
      }
      if (work.signal.aborted) await mark("cancelled");
      else await mark("failed", explain(error));
      await removeLoad(context, collection.id);
    } finally {
      plans.forget(collection.id);
    }
    // Whatever of it stays behind is swept later.
    await removeShards(context, collection.id);
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
    const andThen = (db: Database) => orderEffects(db, collection);
    await retryWhileDown(async () => {
      // Where only the answer was lost, it is finished, and readers hold its tables.
      if ((await readCollection(store.db, collection.id))?.status === "finished") return;
      await storeCollection(store, collection, pass, { afterEach, andThen });
    });
  } finally {
    open.close();
  }
}

/** Queues the measurement that the settings ask for: a job of its own, which is shown, cancelled and resumed as one. */
async function orderEffects(db: Database, { id: collectionId, name, settings }: CollectionRow): Promise<void> {
  const { measuredLatents: count, attributionRows } = settings;
  if (count === 0) return;
  const by = attributionRows > 0 ? "attribution" : "outputShare";
  const input = { kind: "measureEffects", collectionId, request: measureEffectsRequest.parse({ latents: { by, count } }) } as const;
  const title = `${count === 1 ? "Effect of 1 latent" : `Effects of ${count} latents`}, ${name}`;
  await insertJob(db, { id: newId(), kind: input.kind, title, input, unit: "latents", total: count });
}

/** A collection that did not finish leaves no tables. */
async function removeLoad({ store }: JobContext, collectionId: string): Promise<void> {
  const row = await retryWhileDown(() => readCollection(store.db, collectionId));
  if (row?.status !== "finished") await retryWhileDown(() => dropLoad(store, collectionId));
}

async function removeShards({ store, dataFolder }: JobContext, collectionId: string): Promise<void> {
  await retryWhileDown(() => dropShards(store.db, collectionId));
  collectionFolder(dataFolder, collectionId).remove();
}
