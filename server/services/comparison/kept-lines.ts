import { type LineInput, type MeasuredLine, scoreLine } from "./score-line";

/** Results never change, so neither do lines made of them; the latest are kept, by results. */
const kept = new Map<string, MeasuredLine>();
const mostKept = 1000;

/**
 * A line of the scorecard, made once for the same results: a page that waits for a benchmark asks again and again.
 *
 * @param of which metric of which results
 */
export function keptLine(of: readonly unknown[], input: LineInput): MeasuredLine {
  const key = JSON.stringify(of);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = scoreLine(input);
  kept.set(key, made);
  const oldest = kept.keys().next().value;
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return made;
}
