/**
 * Holm's correction for several comparisons (1979): adjusted p values, in the order given. Those under 0.05 may all be called different
 * with a chance of 5 % that any of them is not.
 *
 * @throws RangeError for a p that is not in 0…1
 */
export function holm(pValues: readonly number[]): number[] {
  for (const p of pValues) if (!(p >= 0 && p <= 1)) throw new RangeError(`p value ${p} is not in 0…1`);
  const order = pValues.map((_, i) => i).sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  for (const [rank, i] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues[i] as number) * (pValues.length - rank)));
    adjusted[i] = largest;
  }
  return adjusted;
}
