import type { LatentEffect } from "@/lib/contract/effect";
import { pairedInterval } from "@/lib/numbers/intervals";
import { halfWidthToGive } from "@/lib/numbers/statistics/enough-examples";
import { ratioInterval } from "./ratio-interval";

/** A text's rows as effects are summarised over them; all by row, none without a label token. */
export type SummaryRows = { readonly labelTokens: Int32Array; readonly domains: readonly (string | null)[] };

/** What taking one latent out changed, by row. */
export type RowEffects = {
  /** Change of the row's summed loss, nats: ablated minus unchanged. */
  readonly deltas: Float64Array;
  readonly firings: Int32Array;
};

export type EffectSummary = Pick<
  LatentEffect,
  "delta" | "halfWidth" | "perFiring" | "perFiringHalfWidth" | "rows" | "labelTokens" | "firings" | "byDomain"
>;

/**
 * Means and paired intervals over rows. `delta` is over all label tokens, its interval the bootstrap of the rows' changes; `perFiring`
 * is a ratio of sums, bootstrapped with both sums, its examples the rows in which the latent fires. A latent that fires nowhere changes nothing: its `perFiring` is 0.
 */
export function summariseEffect({ labelTokens, domains }: SummaryRows, { deltas, firings }: RowEffects): EffectSummary {
  const all = Array.from(deltas, (_, row) => row);
  const perFiring = ratioInterval(deltas, firings);
  const named = [...new Set(domains.flatMap((domain) => (domain === null ? [] : [domain])))].sort();
  const whole = changeOver(all, labelTokens, deltas);
  return {
    delta: whole.delta,
    halfWidth: whole.halfWidth,
    perFiring: perFiring?.ratio ?? 0,
    perFiringHalfWidth: halfWidthToGive(perFiring, firings.filter((count) => count > 0).length),
    rows: all.length,
    labelTokens: total(all, labelTokens),
    firings: total(all, firings),
    byDomain: named.map((domain) => {
      const own = all.filter((row) => domains[row] === domain);
      return { domain, ...changeOver(own, labelTokens, deltas), labelTokens: total(own, labelTokens), firings: total(own, firings) };
    }),
  };
}

/** The change that one control makes. */
export type ControlEffect = Omit<LatentEffect["controls"][number], "index">;

export function summariseControl({ labelTokens }: SummaryRows, { deltas, firings }: RowEffects): ControlEffect {
  const all = Array.from(deltas, (_, row) => row);
  const sum = total(all, deltas);
  const count = total(all, firings);
  return { delta: sum / total(all, labelTokens), perFiring: count === 0 ? 0 : sum / count, firings: count };
}

/** Mean over label tokens; a row's change is spread over the mean row's label tokens, so that the mean of rows is that mean. */
function changeOver(rows: readonly number[], labelTokens: Int32Array, deltas: Float64Array): { delta: number; halfWidth: number | null } {
  const perRow = total(rows, labelTokens) / rows.length;
  const interval = pairedInterval(rows.map((row) => (deltas[row] as number) / perRow));
  return {
    delta: total(rows, deltas) / total(rows, labelTokens),
    halfWidth: halfWidthToGive(interval, rows.length),
  };
}

function total(rows: readonly number[], values: ArrayLike<number>): number {
  return rows.reduce((sum, row) => sum + (values[row] as number), 0);
}
