import { meanOf, pairedInterval } from "@/lib/numbers/intervals";
import { halfWidthToGive } from "@/lib/numbers/statistics/enough-examples";
import type { RowLoss } from "./row-losses";

/** Held-out loss with the adapter on and off, over the same rows. */
export type LossComparison = {
  /** Adapter on: token-weighted mean cross-entropy, nats. */
  readonly loss: number;
  /** Adapter off. */
  readonly baseLoss: number;
  /** Rows with at least one label token. */
  readonly rows: number;
  readonly labelTokens: number;
  /** Mean over rows of a row's mean loss, on minus off. */
  readonly difference: number;
  /** Half of its paired 95 % interval; null over too few rows. */
  readonly differenceHalfWidth: number | null;
  readonly byDomain: readonly DomainLoss[];
};

export type DomainLoss = { readonly domain: string; readonly loss: number; readonly baseLoss: number; readonly labelTokens: number };

/**
 * Compares two passes over the same rows.
 *
 * @param domains of each row, null where it has none
 * @throws RangeError when the passes are not of the same rows, or no row carries a label
 */
export function compareLosses(on: readonly RowLoss[], off: readonly RowLoss[], domains: readonly (string | null)[]): LossComparison {
  if (on.length !== off.length || on.length !== domains.length)
    throw new RangeError(`${on.length}, ${off.length} and ${domains.length} rows do not compare`);
  const rows = on.flatMap((row, i) => {
    const other = off[i];
    if (row.labelTokens !== other?.labelTokens)
      throw new RangeError(`row ${i} has ${row.labelTokens} label tokens in one pass and ${other?.labelTokens} in the other`);
    return row.labelTokens === 0 ? [] : [{ on: row, off: other, domain: domains[i] ?? null }];
  });
  if (rows.length === 0) throw new RangeError("no row has a labelled token");
  const differences = rows.map((row) => (row.on.lossSum - row.off.lossSum) / row.on.labelTokens);
  const interval = pairedInterval(differences);
  const named = [...new Set(rows.flatMap(({ domain }) => (domain === null ? [] : [domain])))].sort();
  return {
    loss: meanLoss(rows.map((row) => row.on)),
    baseLoss: meanLoss(rows.map((row) => row.off)),
    rows: rows.length,
    labelTokens: labelTokens(rows.map((row) => row.on)),
    difference: meanOf(differences),
    differenceHalfWidth: halfWidthToGive(interval, differences.length),
    byDomain: named.map((domain) => {
      const own = rows.filter((row) => row.domain === domain);
      const ons = own.map((row) => row.on);
      return { domain, loss: meanLoss(ons), baseLoss: meanLoss(own.map((row) => row.off)), labelTokens: labelTokens(ons) };
    }),
  };
}

/** Token-weighted mean over rows, nats; NaN without a label token. */
export function meanLoss(rows: readonly RowLoss[]): number {
  return rows.reduce((sum, { lossSum }) => sum + lossSum, 0) / labelTokens(rows);
}

function labelTokens(rows: readonly RowLoss[]): number {
  return rows.reduce((sum, row) => sum + row.labelTokens, 0);
}
