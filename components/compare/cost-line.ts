import { isEqualCost, type SideCost, wasAlone } from "@/lib/comparison/side-costs";
import type { ComparedSide } from "@/lib/contract/comparison";
import { notMeasured } from "@/lib/numbers/format";

/** One line of the table of differences: a cost that cannot be compared has a star. Null if it is known of no side. */
export function costLine(
  { of, format, isMeasured }: SideCost,
  sides: readonly ComparedSide[],
): { readonly values: string[]; readonly isSame: boolean } | null {
  const costs = sides.map((side) => ({ value: of(side), isComparable: !isMeasured || wasAlone(side) }));
  if (costs.every(({ value }) => value === null)) return null;
  const first = costs[0]?.value ?? null;
  return {
    values: costs.map(({ value, isComparable }) => (value === null ? notMeasured : isComparable ? format(value) : `${format(value)}*`)),
    isSame: first !== null && costs.every(({ value, isComparable }) => isComparable && value !== null && isEqualCost(value, first)),
  };
}
