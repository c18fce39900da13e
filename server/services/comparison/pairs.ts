import type { RunRow } from "@/server/db/runs/runs";
import { isMeasurable } from "./remarks";
import type { Side } from "./sides";

export type RunPair = { readonly first: RunRow; readonly second: RunRow };

/**
 * Runs of two sides, one with one: first those of the same seed, then the others in their order, as many as the smaller side has. Runs that have not
 * ended are in no pair, nor those that `isKnown` says nothing is known of.
 */
export function pairRuns(one: Side, other: Side, isKnown: (run: RunRow) => boolean = () => true): RunPair[] {
  const firsts = one.runs.filter((run) => isMeasurable(run) && isKnown(run));
  const seconds = other.runs.filter((run) => isMeasurable(run) && isKnown(run));
  const bySeed = firsts.flatMap((first): RunPair[] => {
    const second = seconds.find(({ seed }) => seed !== null && seed === first.seed);
    return second === undefined ? [] : [{ first, second }];
  });
  // Of two runs with one seed on a side, the first is taken once.
  const pairs = bySeed.filter(({ second }, place) => bySeed.findIndex((pair) => pair.second === second) === place);
  const leftFirsts = firsts.filter((run) => !pairs.some(({ first }) => first === run));
  const leftSeconds = seconds.filter((run) => !pairs.some(({ second }) => second === run));
  for (const [place, first] of leftFirsts.entries()) {
    const second = leftSeconds[place];
    if (second !== undefined) pairs.push({ first, second });
  }
  return pairs;
}
