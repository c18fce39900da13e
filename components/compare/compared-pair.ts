import type { ComparedSide } from "@/lib/contract/comparison";
import { isLatentMethod } from "@/lib/contract/methods/methods";
import type { CompareAddress } from "./compare-address";

/** The two sides that are compared: those that the address names, else the first two. */
export function pairOf({ runs, first, second }: Pick<CompareAddress, "runs" | "first" | "second">, sides: readonly ComparedSide[]) {
  return { runs: runs.join(","), first: first in sides ? first : 0, second: second in sides ? second : 1 };
}

/** Whether there are latents of either side to compare. */
export function haveLatents(pair: readonly (ComparedSide | undefined)[]): boolean {
  return pair.some((side) => side !== undefined && isLatentMethod(side.method));
}
