import type { Estimate } from "@/lib/contract/study";
import { givenHalfWidth } from "@/lib/numbers/statistics/enough-examples";
import { meanInterval } from "@/lib/numbers/statistics/student-t";

/**
 * The mean of values with the half width of its 95 % interval by Student's t; null over too few values.
 *
 * @throws RangeError for no values, or one that is not a finite number
 */
export function estimateOf(values: readonly number[]): Estimate {
  const { mean, halfWidth } = meanInterval(values);
  return { mean, halfWidth: givenHalfWidth({ halfWidth, count: values.length }), count: values.length };
}
