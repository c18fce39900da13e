import type { LatentRef } from "@/lib/contract/edit";
import type { MeasureEffectsRequest } from "@/lib/contract/effect";
import { formatPlural } from "@/lib/numbers/format";
import { saveEffects } from "@/server/db/labels/effects";
import { type CollectionRow, readCollection } from "@/server/db/latents/collections";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { controlPool, effectsSince, firstLatents } from "@/server/db/work/effect-candidates";
import { type AblationTarget, operationsOf } from "@/server/engine/effects/ablation-plan";
import { matchedControls } from "@/server/engine/effects/matched-controls";
import { takeTurns } from "@/server/runtime/take-turns";
import { rowsOfCollection } from "./collection-plans";
import type { JobAtWork } from "./job-at-work";
import { measuredRows } from "./measured-source";
import { type OpenReading, openReading } from "./open-run";

type Measuring = { readonly collection: CollectionRow; readonly open: OpenReading; readonly request: MeasureEffectsRequest };

/**
 * Measures what latents do to the loss of held-out text, and stores each as soon as it is measured. A job that starts over after its worker died
 * leaves out what it has measured.
 *
 * @throws Error saying what is missing
 */
export async function measureEffects(job: JobAtWork, collectionId: string, request: MeasureEffectsRequest): Promise<void> {
  const collection = await retryWhileDown(() => readCollection(job.context.store.db, collectionId));
  if (collection?.status !== "finished") throw new Error("the collection was removed, or is not finished");
  const open = await openReading(job.context, collection.runId);
  try {
    await measure(job, { collection, open, request });
  } finally {
    open.close();
  }
}

async function measure(job: JobAtWork, measuring: Measuring): Promise<void> {
  const { context, signal, report } = job;
  const { collection, open, request } = measuring;
  const { db } = context.store;
  const wanted = await wantedLatents(job, measuring);
  const left = await leftLatents(job, measuring, wanted);
  let done = wanted.length - left.length;
  report({ unit: "latents", done, total: wanted.length, message: "Reading text" });
  if (left.length === 0) return;
  const targets = await targetsOf(job, measuring, left);
  const ofCollection = () => rowsOfCollection(context, collection, open, signal);
  const rows = await measuredRows(context, open, { ofCollection, count: request.rows, signal });
  const events = rows.ablate(targets, request);
  const text = `${rows.count} ${rows.kind}`;
  report({ message: `Running ${text} unchanged` });
  await takeTurns(events, { turns: context.runtime.turns, kind: "background", signal }, async (event) => {
    switch (event.kind) {
      case "reading":
        report({ message: `Running ${text} unchanged: ${event.done} of ${event.total}` });
        return;
      case "measuring":
        report({ unit: "passes", done: event.done, total: event.total });
        return;
      case "measured": {
        const place = { module: placeOf(collection, event.latent), index: event.latent.index };
        await job.confirm();
        await retryWhileDown(() => saveEffects(db, collection.id, place, event.effects));
        done += 1;
        report({ message: `Ablating on ${text}: ${done} of ${formatPlural(wanted.length, "latent")} measured` });
      }
    }
  });
  report({ unit: "latents", done, total: wanted.length, message: `Ablated on ${text}` });
}

async function wantedLatents({ context }: JobAtWork, { collection, request }: Measuring): Promise<LatentRef[]> {
  const { latents } = request;
  const { db } = context.store;
  const found = Array.isArray(latents) ? latents : await retryWhileDown(() => firstLatents(db, collection, latents));
  const byName = new Map(found.map((latent) => [`${latent.index} ${latent.module}`, latent]));
  for (const latent of byName.values()) placeOf(collection, latent);
  return [...byName.values()];
}

/** Those of which not all operations were measured since the job was queued. */
async function leftLatents(
  { context, queuedAt }: JobAtWork,
  { collection, open, request }: Measuring,
  wanted: readonly LatentRef[],
): Promise<LatentRef[]> {
  const measured = await retryWhileDown(() => effectsSince(context.store.db, collection.id, queuedAt));
  const names = new Set(measured.map(({ module, index, operation }) => `${operation} ${module} ${index}`));
  const operations = operationsOf(open.adapter, request.operations);
  return wanted.filter((latent) => {
    const module = placeOf(collection, latent);
    return !operations.every((operation) => names.has(`${operation} ${module} ${latent.index}`));
  });
}

async function targetsOf(
  { context }: JobAtWork,
  { collection, request }: Measuring,
  latents: readonly LatentRef[],
): Promise<AblationTarget[]> {
  const pools = new Map<number, Awaited<ReturnType<typeof controlPool>>>();
  const targets: AblationTarget[] = [];
  for (const latent of latents) {
    const module = placeOf(collection, latent);
    const pool = pools.get(module) ?? (await retryWhileDown(() => controlPool(context.store.db, collection, module)));
    pools.set(module, pool);
    targets.push({ latent, controls: matchedControls(pool, latent.index, request.controls, latent.index) });
  }
  return targets;
}

/** @throws Error naming a latent that the collection has not */
function placeOf({ modules }: CollectionRow, { module, index }: LatentRef): number {
  const place = modules.findIndex(({ name }) => name === module);
  if (place < 0 || index >= (modules[place]?.numLatents ?? 0)) throw new Error(`the collection has no latent ${index} of ${module}`);
  return place;
}
