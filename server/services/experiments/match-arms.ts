import { baseFlopsPerToken, expectedCost } from "@/lib/contract/expected-cost";
import type { ExperimentRequest } from "@/lib/contract/experiment";
import type { MatchedCount, TurnedSize } from "@/lib/contract/methods/method";
import { baselineOf, latentMethodOf, methodOf } from "@/lib/contract/methods/methods";
import type { ModelSummary } from "@/lib/contract/model";
import { type AdapterConfig, hasLatents } from "@/lib/contract/run-config";
import { formatInteger, formatPercent } from "@/lib/numbers/format";
import { ServiceError } from "@/server/services/errors";

/** How far what is matched may lie apart. */
export const matchTolerance = 0.02;

/** What is counted of an adapter; null where its targets name more than a kind of module. */
export type Counted = { readonly parameters: number; readonly activeParameters: number; readonly flops: number };

/** Flops of the adapter alone: the base model's are the same for every arm, and two percent of them would hide any difference between adapters. */
export function countAdapter(adapter: AdapterConfig, model: ModelSummary): Counted | null {
  const cost = expectedCost(adapter, model);
  if (cost === null) return null;
  return {
    parameters: cost.trainableParameters,
    activeParameters: cost.activeParameters,
    flops: cost.flopsPerToken - baseFlopsPerToken(model),
  };
}

/**
 * Holds every adapter that is tried against the first of the first arm.
 *
 * @throws ServiceError `invalid` at the first adapter that does not match, with both numbers and the nearest size that would
 */
export function matchArms({ arms, match }: Pick<ExperimentRequest, "arms" | "match">, model: ModelSummary): void {
  if (match === "budget" || match === "wallClock") return;
  const first = arms[0]?.adapters[0];
  if (first === undefined) return;
  const wanted = countOf(first, match, model, "arms.0.adapters.0");
  for (const [place, arm] of arms.entries()) {
    for (const [at, adapter] of arm.adapters.entries()) {
      const field = `arms.${place}.adapters.${at}`;
      const count = countOf(adapter, match, model, field);
      if (isMatched(count, wanted)) continue;
      const words = quantities[match];
      throw new ServiceError(
        "invalid",
        `${methodOf(adapter).runNameOf(adapter)} of ${arm.name} has ${formatInteger(count)} ${words}, ${methodOf(first).runNameOf(first)} of ${arms[0]?.name} has ${formatInteger(wanted)}: they may differ by ${formatPercent(matchTolerance)}. ${advice(adapter, { match, wanted, model })}`,
        { field },
      );
    }
  }
}

const quantities: Record<MatchedCount, string> = {
  parameters: "trainable parameters",
  activeParameters: "active parameters per token",
  flops: "FLOPs of the adapter per token",
};

function countOf(adapter: AdapterConfig, match: MatchedCount, model: ModelSummary, field: string): number {
  if (!hasLatents(adapter)) {
    throw new ServiceError(
      "invalid",
      `${baselineOf(adapter).subject} has no adjustable size, so it cannot be matched on ${quantities[match]}: match the budget ("budget") or wall-clock time ("wallClock").`,
      { field },
    );
  }
  const counted = countAdapter(adapter, model);
  if (counted !== null) return counted[match];
  throw new ServiceError(
    "invalid",
    'Its targets or patterns name more than a kind of module, so its size is not known before it runs: name last parts alone, or match the sweep budget only ("budget").',
    { field },
  );
}

/** The nearest size that matches, where one does. */
function advice(adapter: AdapterConfig, to: Wanted): string {
  const nearest = nearestSize(adapter, to);
  if (nearest !== null) return `The nearest ${nearest.name} is ${nearest.value}.`;
  const size = hasLatents(adapter) ? latentMethodOf(adapter).turnedSize(adapter, to.match).name : "size";
  return `No ${size} brings it within that: change the other sizes, the targets, or what is matched.`;
}

type Wanted = { readonly match: MatchedCount; readonly wanted: number; readonly model: ModelSummary };
/** A size that an adapter would have to have, and the adapter with it. */
export type NearestSize = Pick<TurnedSize<AdapterConfig>, "setting" | "name" | "value"> & { readonly adapter: AdapterConfig };

/** The size with which an adapter would match a count; null where none does. */
export function nearestSize(adapter: AdapterConfig, { match, wanted, model }: Wanted): NearestSize | null {
  if (!hasLatents(adapter)) return null;
  const { setting, name, value: size, most, withValue } = latentMethodOf(adapter).turnedSize(adapter, match);
  const at = (value: number) => countAdapter(withValue(value), model)?.[match] ?? Number.NaN;
  // Counts grow by the same with each latent, rank or k.
  const slope = at(size + 1) - at(size);
  const nearest = Math.max(1, Math.round(size + (wanted - at(size)) / slope));
  const isPossible = Number.isFinite(nearest) && nearest <= most;
  return isPossible && isMatched(at(nearest), wanted) ? { setting, name, value: nearest, adapter: withValue(nearest) } : null;
}

/** Whether a count is near enough to the one that is wanted. */
export function isMatched(count: number, wanted: number): boolean {
  return Math.abs(count - wanted) <= matchTolerance * wanted;
}
