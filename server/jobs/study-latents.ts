import type { LatentRef } from "@/lib/contract/edit";
import type { BulkRequest } from "@/lib/contract/study";
import { activationSpread } from "@/server/db/latents/activation-quantiles";
import { type CollectionRow, latestFinishedCollection } from "@/server/db/latents/collections";
import { readLatents, type StoredLatent } from "@/server/db/latents/latents";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { firstLatents } from "@/server/db/work/effect-candidates";
import type { JobContext } from "./job-context";
import type { OpenRun } from "./open-run";

/** A latent with the raw value that it is set to; null where the operation takes none. */
export type ValuedLatent = { readonly latent: LatentRef; readonly value: number | null };

type Quantile = Exclude<BulkRequest["unit"], "raw">;

/** The latents that a bulk study names, each once, or the first by an order of the run's newest collection. @throws Error where there are none */
export async function chosenLatents({ store }: JobContext, { run }: OpenRun, { latents }: BulkRequest): Promise<LatentRef[]> {
  if (Array.isArray(latents)) return [...new Map(latents.map((latent) => [`${latent.index} ${latent.module}`, latent])).values()];
  if (latents.by === "firing") throw new Error("a collection does not know what fires on the prompts");
  const collection = await demandCollection({ store }, run.id);
  const order = latents;
  const first = await retryWhileDown(() => firstLatents(store.db, collection, order));
  if (first.length === 0) throw new Error(`no latent of the collection has a value of ${latents.by}: choose another order`);
  return first;
}

/**
 * Gives each latent its raw value. Those that never fired in the collection have no quantile to be a multiple of: they are left out where the study chose
 * them by what fires.
 *
 * @throws Error naming one that the study names itself; RangeError when the request has no value
 */
export async function withValues(
  context: Pick<JobContext, "store">,
  { run }: OpenRun,
  { operation, value, unit, latents: asked }: BulkRequest,
  latents: readonly LatentRef[],
): Promise<ValuedLatent[]> {
  if (operation === "ablatePost" || operation === "ablatePre" || operation === "forceIn")
    return latents.map((latent) => ({ latent, value: null }));
  if (value === undefined) throw new RangeError(`${operation} needs a value`);
  if (unit === "raw") return latents.map((latent) => ({ latent, value }));
  const quantiles = await readQuantiles(context, await demandCollection(context, run.id), latents, unit);
  const valued: ValuedLatent[] = [];
  for (const [place, latent] of latents.entries()) {
    const quantile = quantiles[place] ?? null;
    if (quantile !== null) valued.push({ latent, value: value * quantile });
    else if (Array.isArray(asked))
      throw new Error(`latent ${latent.index} of ${latent.module} never fired in the collection, so it has no ${unit}: give a raw value`);
  }
  if (valued.length === 0) throw new Error(`none of the latents fired in the collection, so they have no ${unit}: give a raw value`);
  return valued;
}

/** Of |a| where each latent fires; null of those that never did. */
async function readQuantiles(
  { store }: Pick<JobContext, "store">,
  collection: CollectionRow,
  latents: readonly LatentRef[],
  unit: Quantile,
): Promise<(number | null)[]> {
  const placeOf = new Map(collection.modules.map(({ name }, place) => [name, place]));
  const places = latents.map(({ module, index }) => ({ module: placeOf.get(module) ?? -1, index }));
  const stored = await retryWhileDown(() => readLatents(store, collection, places));
  const found = new Map(stored.map((one) => [`${one.row.index} ${one.row.module}`, quantileOf(one, unit)]));
  return latents.map(({ module, index }) => found.get(`${index} ${module}`) ?? null);
}

function quantileOf({ row, histogram }: StoredLatent, unit: Quantile): number | null {
  if (row.fireCount === 0) return null;
  if (unit === "max") return Math.max(Math.abs(row.maxActivation ?? 0), Math.abs(row.minActivation ?? 0));
  return activationSpread(histogram, row).quantiles[unit];
}

async function demandCollection({ store }: Pick<JobContext, "store">, runId: string): Promise<CollectionRow> {
  const collection = await retryWhileDown(() => latestFinishedCollection(store.db, runId));
  if (collection === undefined) throw new Error("the run no longer has a finished collection: collect its latents first");
  return collection;
}
