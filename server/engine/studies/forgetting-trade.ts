import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { AblatedLatents, ForgettingTrade } from "@/lib/contract/forgetting";
import { ratioInterval } from "@/server/engine/effects/ratio-interval";
import { meanLoss } from "@/server/engine/evaluation/compare-losses";
import type { RowLoss } from "@/server/engine/evaluation/row-losses";

/** Losses on general text and on the run's own. */
export type BothLosses = { readonly general: readonly RowLoss[]; readonly own: readonly RowLoss[] };

/** The base model and the whole adapter on the same rows. */
type Arms = { readonly base: BothLosses; readonly adapter: BothLosses };

export function ablations(latents: readonly LatentRef[]): Edit[] {
  return latents.map((latent) => ({ operation: "ablatePost", latent, isOn: true, scope: "all" }));
}

/** Latents that raise the loss most, by what each takes from it; those that lower it or do nothing are left out. */
export function mostHarmful(taken: ReadonlyMap<string, Float64Array>, count: number): LatentRef[] {
  return [...taken]
    .flatMap(([module, values]) => Array.from(values, (value, index) => ({ module, index, value })))
    .filter(({ value }) => value < 0)
    .sort((a, b) => a.value - b.value)
    .slice(0, count)
    .map(({ module, index }) => ({ module, index }));
}

/**
 * Latents that take a larger share of the forgetting away when they are ablated than of the gain, the largest difference first.
 *
 * @param measured singly
 */
export function worthAblating(measured: readonly AblatedLatents[], arms: Arms): LatentRef[] {
  const [forgetting, gain] = [Math.abs(forgettingOf(arms)), Math.abs(gainOf(arms))];
  const scored = measured.map(({ latents, general, own }) => ({
    latents,
    score: -general / forgetting - Math.max(0, own) / gain,
    general,
  }));
  return scored
    .filter(({ score, general }) => general < 0 && score > 0)
    .sort((a, b) => b.score - a.score)
    .flatMap(({ latents }) => latents);
}

/** Whether a set leaves less loss on general text than the best before, and enough of the gain. */
export function isTradeBetter(arms: Arms, best: BothLosses, losses: BothLosses, keptGain: number): boolean {
  const gainAfter = meanLoss(arms.base.own) - meanLoss(losses.own);
  return meanLoss(losses.general) < meanLoss(best.general) && gainAfter >= keptGain * gainOf(arms);
}

/** What a set does on these rows. */
export function tradeOf({ base, adapter }: Arms, after: BothLosses): ForgettingTrade {
  const gain = perToken(base.own, adapter.own);
  const kept = gain.low > 0 ? ratioInterval(differences(base.own, after.own), differences(base.own, adapter.own)) : undefined;
  return {
    forgetting: perToken(adapter.general, base.general),
    forgettingAfter: perToken(after.general, base.general),
    gain,
    gainAfter: perToken(base.own, after.own),
    gainKept: kept === undefined ? null : { value: kept.ratio, low: kept.low, high: kept.high },
  };
}

function forgettingOf({ base, adapter }: Arms): number {
  return meanLoss(adapter.general) - meanLoss(base.general);
}

function gainOf({ base, adapter }: Arms): number {
  return meanLoss(base.own) - meanLoss(adapter.own);
}

function perToken(from: readonly RowLoss[], to: readonly RowLoss[]): ForgettingTrade["gain"] {
  const interval = ratioInterval(
    differences(from, to),
    from.map(({ labelTokens }) => labelTokens),
  );
  if (interval === undefined) throw new RangeError(`${from.length} rows without a label token have no mean`);
  return { value: interval.ratio, low: interval.low, high: interval.high };
}

function differences(from: readonly RowLoss[], to: readonly RowLoss[]): number[] {
  return from.map(({ lossSum }, row) => lossSum - (to[row]?.lossSum ?? Number.NaN));
}
