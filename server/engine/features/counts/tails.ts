import { TailPositions } from "./tail-positions";

/** Of dense components: the tokens at their largest activations of either sign. */
export type Tails = { readonly positive: TailPositions; readonly negative: TailPositions };
export const tailSigns = ["positive", "negative"] as const;

export function createTails(numLatents: number, capacity: number): Tails | undefined {
  if (capacity === 0) return undefined;
  return { positive: new TailPositions(numLatents, capacity), negative: new TailPositions(numLatents, capacity) };
}
