import { formatInteger } from "@/lib/numbers/format";

/**
 * An interval over fewer examples covers too little (86 % at 20 for accuracies), so none is given or printed; the number is ours. Examples are
 * what was sampled: rows, prompts, positions, firings. Seeds and matched random latents are none: their intervals name their own few values.
 */
export const fewestExamples = 30;

type Ends = { readonly low: number; readonly high: number };

/** The ends of an interval; null over too few examples. */
export function endsToGive({ low, high, examples }: Ends & { readonly examples: number }): { low: number | null; high: number | null } {
  return examples < fewestExamples ? { low: null, high: null } : { low, high };
}

/** Half of an interval's width; null over too few examples, or without an interval. */
export function halfWidthToGive(ends: Ends | undefined, examples: number): number | null {
  return ends === undefined || examples < fewestExamples ? null : (ends.high - ends.low) / 2;
}

/** The half width of a mean's interval; null over too few examples. */
export function givenHalfWidth({ halfWidth, count }: { readonly halfWidth: number | null; readonly count: number }): number | null {
  return count < fewestExamples ? null : halfWidth;
}

/** `n = 2: too few for an interval`; empty where they are enough. */
export function tooFewWords(examples: number): string {
  return examples < fewestExamples ? `n = ${formatInteger(examples)}: too few for an interval` : "";
}

/** `0.1 to 0.3`; without ends, that there are too few examples. */
export function intervalWords(
  { low, high }: { readonly low: number | null; readonly high: number | null },
  examples: number,
  write: (end: number) => string,
): string {
  return low === null || high === null ? tooFewWords(examples) : `${write(low)} to ${write(high)}`;
}
