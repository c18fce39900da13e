import { type LineInput, scoreLine } from "./score-line";

type Line = ReturnType<typeof scoreLine>;

/** Results never change, so neither do lines made of them; the latest are kept, by results. */
const kept = new Map<string, Line>();
const mostKept = 1000;

/**
 * A line of the scorecard, made once for the same results: a page that waits for a benchmark asks again and again.
 *
 * @param of which metric of which results under which names
 */
export function keptLine(of: readonly unknown[], input: LineInput): Line {
  const key = JSON.stringify(of);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = scoreLine(input);
  kept.set(key, made);
  const oldest = kept.keys().next().value;
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return made;
}
