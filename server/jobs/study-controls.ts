import type { DoseRequest } from "@/lib/contract/study";
import { latestFinishedCollection } from "@/server/db/latents/collections";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { controlPool } from "@/server/db/work/effect-candidates";
import { matchedControls } from "@/server/engine/effects/matched-controls";
import type { JobContext } from "./job-context";
import type { OpenReading } from "./open-run";

/**
 * Latents of the module that a dose is held against: matched on density and decoder norm, as the run's newest collection has them; on decoder norm alone
 * where there is none.
 */
export async function studyControls(
  { store }: JobContext,
  { run, adapter }: Pick<OpenReading, "run" | "adapter">,
  { latent, controls: count, seed }: Pick<DoseRequest, "latent" | "controls" | "seed">,
): Promise<number[]> {
  if (count === 0) return [];
  const collection = await retryWhileDown(() => latestFinishedCollection(store.db, run.id));
  const place = collection?.modules.findIndex(({ name }) => name === latent.module) ?? -1;
  if (collection !== undefined && place >= 0) {
    const pool = await retryWhileDown(() => controlPool(store.db, collection, place));
    return matchedControls(pool, latent.index, count, seed);
  }
  const norms = adapter.decoderNorms().get(latent.module);
  if (norms === undefined) throw new Error(`the adapter has no module ${latent.module}`);
  return matchedControls({ densities: new Float32Array(norms.length).fill(1), decoderNorms: norms }, latent.index, count, seed);
}
