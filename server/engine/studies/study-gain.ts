import { type GainOrder, type GainResult, gainOrders, measuredCounts, pathMidpoints, rowsOfGain } from "@/lib/contract/gain-kept";
import { Random } from "@/lib/numbers/random";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { attributeLatents } from "@/server/engine/effects/attribution";
import { integratedAttribution } from "@/server/engine/effects/integrated-attribution";
import { outputShares } from "@/server/engine/effects/output-shares";
import type { Progress } from "@/server/engine/evaluation/progress";
import { type EvaluationRow, type RowLoss, rowLosses } from "@/server/engine/evaluation/row-losses";
import { batchRows, labelTokensOf } from "@/server/engine/models/row-batches";
import { retold } from "@/server/engine/tensor/in-parts";
import { gainOf, gainPoint, withCurve } from "./gain-points";
import { type LatentOrder, latentCount, onlyFirst, orderByValue, randomOrder } from "./latent-order";
import { rowHalves } from "./row-halves";
import { byPiece, type StudyContext, type Work } from "./study-context";
import { track } from "./track";

export type GainStudy = {
  readonly rows: readonly EvaluationRow[];
  readonly isHeldOut: boolean;
  readonly randomOrders: number;
  readonly seed: number;
};

/** Most tokens of a pass, padding counted: what two cores read in about a second. */
const PASS_TOKENS = 512;

/**
 * Measures how much of an adapter's gain its first n latents keep alone, by several orders. The latents are ordered on one half of the rows and measured
 * on the other, so that no order profits from the rows it was made on. Yields after each pass, with the curves so far once the gain is known.
 *
 * @throws RangeError with fewer than four labelled rows, or when a loss is not a finite number
 */
export function* studyGain(
  context: StudyContext,
  { rows, isHeldOut, randomOrders, seed }: GainStudy,
): Generator<Progress<GainResult | null> | undefined, GainResult, void> {
  const labelled = rows.filter((row) => labelTokensOf(row) > 0);
  if (labelled.length < 4) throw new RangeError(`${labelled.length} of ${rows.length} rows have a label token, but at least 4 are needed`);
  const { first: ordering, second: measuring } = rowHalves(labelled, seed);
  const counts = measuredCounts(latentCount(context.adapter));
  const total = rowsOfGain({ heldOutRows: labelled.length, randomOrders }, latentCount(context.adapter));
  const about = { isHeldOut, orderingRows: ordering.length };
  let result: GainResult | null = null;
  function* work(): Work<GainResult | null> {
    const { model, adapter } = context;
    const base = yield* byPiece(rowLosses(model, measuring, undefined, PASS_TOKENS));
    const whole = yield* byPiece(rowLosses(model, measuring, adapterHooks(adapter), PASS_TOKENS));
    const measured = { base, adapter: whole };
    result = { ...gainOf(context.adapter, measured, about), curves: [] };
    const isAboveZero = result.gain.low > 0;
    const orders = yield* makeOrders(context, ordering, { randomOrders, seed });
    for (const order of gainOrders) {
      const points = [gainPoint(measured, 0, [base], isAboveZero)];
      for (const count of counts) {
        const losses: RowLoss[][] = [];
        for (const one of orders[order]) {
          const hooks = adapterHooks(adapter, { edits: onlyFirst(adapter, one, count) });
          losses.push(yield* byPiece(rowLosses(model, measuring, hooks, PASS_TOKENS)));
        }
        points.push(gainPoint(measured, count, losses, isAboveZero));
        result = withCurve(result, order, points);
      }
      result = withCurve(result, order, [...points, gainPoint(measured, latentCount(adapter), [whole], isAboveZero)]);
    }
    return result;
  }
  const end = yield* track(work(), total, () => result);
  if (end === null) throw new Error("the study ended without a result");
  return end;
}

/** Latents by what they would cost if ablated, by what they write, and at random. */
function* makeOrders(
  { model, adapter }: StudyContext,
  rows: readonly EvaluationRow[],
  { randomOrders, seed }: Pick<GainStudy, "randomOrders" | "seed">,
): Work<Readonly<Record<GainOrder, readonly LatentOrder[]>>> {
  const batches = batchRows(rows, PASS_TOKENS).map(({ batch }) => batch);
  const integrated = yield* byPiece(integratedAttribution(model, adapter, batches, pathMidpoints));
  const attribution = yield* byPiece(retold(attributeLatents(model, adapter, batches), ({ rows }) => rows));
  const shares = yield* byPiece(outputShares(model, adapter, batches));
  return {
    integrated: [orderByValue(adapter, integrated)],
    attribution: [orderByValue(adapter, new Map([...attribution].map(([module, { sum }]) => [module, sum])))],
    outputShare: [orderByValue(adapter, shares)],
    random: Array.from({ length: randomOrders }, (_, order) => randomOrder(adapter, Random.ofNumbers([seed, 1 + order]))),
  };
}
