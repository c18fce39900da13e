import type { ScoreOfSides } from "@/lib/contract/comparison";
import { meanOf } from "@/lib/numbers/intervals";

/** A mean with the range of the runs behind it. */
export type RangedPoint = { readonly x: number; readonly y: number; readonly low: number; readonly high: number };

/** The mean and range of values at `x`. */
export function rangedPoint(x: number, values: readonly number[]): RangedPoint {
  return { x, y: meanOf(values), low: Math.min(...values), high: Math.max(...values) };
}

/** A score of the runs of one side. */
export function valuesOf({ values }: Pick<ScoreOfSides, "values">, side: number): number[] {
  return values.filter((one) => one.side === side).map(({ value }) => value);
}
