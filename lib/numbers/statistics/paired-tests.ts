import { logGamma, regularisedBeta } from "./beta";

/**
 * Of examples that both runs answered: how many the first alone has right, and how many the second alone. The others say nothing about
 * which is better.
 */
export type Discordant = { readonly firstOnly: number; readonly secondOnly: number };

/**
 * Counts where two runs differ in being right about the same examples.
 *
 * @throws RangeError when the lists are of unequal length
 */
export function discordantOf(firstRight: ArrayLike<number | boolean>, secondRight: ArrayLike<number | boolean>): Discordant {
  if (firstRight.length !== secondRight.length)
    throw new RangeError(`${firstRight.length} and ${secondRight.length} examples are not pairs: compare runs on the same examples`);
  let [firstOnly, secondOnly] = [0, 0];
  for (let i = 0; i < firstRight.length; i++) {
    if (firstRight[i] && !secondRight[i]) firstOnly++;
    else if (secondRight[i] && !firstRight[i]) secondOnly++;
  }
  return { firstOnly, secondOnly };
}

/**
 * McNemar's mid-p test of equal accuracies: the exact p (two-sided, of a fair coin over the discordant pairs) less the probability of the very split
 * seen. Holds its level in practice and is less cautious than the exact test (Fagerland, Lydersen and Laake 2013, who recommend it).
 */
export function mcnemarMidP({ firstOnly, secondOnly }: Discordant): number {
  if (firstOnly === secondOnly) return 1;
  const count = firstOnly + secondOnly;
  const fewer = Math.min(firstOnly, secondOnly);
  const point = Math.exp(logGamma(count + 1) - logGamma(fewer + 1) - logGamma(count - fewer + 1) - count * Math.LN2);
  return 2 * halfTail(fewer, count) - point;
}

/** P(X ≤ most) of `count` throws of a fair coin. */
function halfTail(most: number, count: number): number {
  return most >= count ? 1 : regularisedBeta(0.5, count - most, most + 1);
}
