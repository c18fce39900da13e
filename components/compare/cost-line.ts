import { hasEnded, isComparable, isEqualCost, type SideCost } from "@/lib/comparison/side-costs";
import type { ComparedSide } from "@/lib/contract/comparison";
import { notMeasured } from "@/lib/numbers/format";

/** One line of the table of differences: a cost that is not final yet says so, one that cannot be compared has a star. Null if it is known of no side. */
export function costLine(cost: SideCost, sides: readonly ComparedSide[]): { readonly values: string[]; readonly isSame: boolean } | null {
  const costs = sides.map((side) => ({ value: cost.of(side), isFinal: !cost.grows || hasEnded(side), isFit: isComparable(cost, side) }));
  if (costs.every(({ value }) => value === null)) return null;
  const first = costs[0]?.value ?? null;
  return {
    values: costs.map(({ value, isFinal, isFit }) => {
      if (value === null) return notMeasured;
      const text = cost.format(value);
      return isFit ? text : isFinal ? `${text}*` : `${text} so far`;
    }),
    isSame: first !== null && costs.every(({ value, isFit }) => isFit && value !== null && isEqualCost(value, first)),
  };
}
