import type { GainOrder, GainPoint, GainResult } from "@/lib/contract/gain-kept";
import { meanOf } from "@/lib/numbers/intervals";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { ratioInterval } from "@/server/engine/effects/ratio-interval";
import { meanLoss } from "@/server/engine/evaluation/compare-losses";
import type { RowLoss } from "@/server/engine/evaluation/row-losses";
import { latentCount } from "./latent-order";

/** The same rows without the adapter and with all of it. */
export type GainRows = { readonly base: readonly RowLoss[]; readonly adapter: readonly RowLoss[] };

/** @throws RangeError under two rows, or without a label token */
export function gainOf(
  whole: Adapter,
  { base, adapter }: GainRows,
  about: Pick<GainResult, "isHeldOut" | "orderingRows">,
): Omit<GainResult, "curves"> {
  const labelTokens = base.map((row) => row.labelTokens);
  const gain = ratioInterval(gainsOf(base, adapter), labelTokens);
  if (gain === undefined)
    throw new RangeError(`${base.length} rows with ${labelTokens.reduce((sum, own) => sum + own, 0)} label tokens have no gain`);
  return {
    kind: "gain",
    ...about,
    rows: base.length,
    labelTokens: labelTokens.reduce((sum, own) => sum + own, 0),
    latents: latentCount(whole),
    baseLoss: meanLoss(base),
    adapterLoss: meanLoss(adapter),
    gain: { value: gain.ratio, low: gain.low, high: gain.high },
  };
}

/**
 * What so many latents keep. The interval of the share draws rows with both of their numbers.
 *
 * @param kept losses of the rows with these latents alone, one list an order
 */
export function gainPoint(
  { base, adapter }: GainRows,
  latents: number,
  kept: readonly (readonly RowLoss[])[],
  isAboveZero: boolean,
): GainPoint {
  const mean = base.map(
    ({ labelTokens }, row): RowLoss => ({ labelTokens, lossSum: meanOf(kept.map((losses) => losses[row]?.lossSum ?? Number.NaN)) }),
  );
  const share = isAboveZero ? ratioInterval(gainsOf(base, mean), gainsOf(base, adapter)) : undefined;
  return {
    latents,
    loss: meanLoss(mean),
    share: share === undefined ? null : { value: share.ratio, low: share.low, high: share.high },
    lossByOrder: kept.length === 1 ? [] : kept.map(meanLoss),
  };
}

/** The result with a curve in the place of the one of its order. */
export function withCurve(result: GainResult, order: GainOrder, points: readonly GainPoint[]): GainResult {
  const others = result.curves.filter((curve) => curve.order !== order);
  return { ...result, curves: [...others, { order, points: [...points] }] };
}

/** What each row's loss falls by. */
function gainsOf(from: readonly RowLoss[], to: readonly RowLoss[]): number[] {
  return from.map(({ lossSum }, row) => lossSum - (to[row]?.lossSum ?? Number.NaN));
}
