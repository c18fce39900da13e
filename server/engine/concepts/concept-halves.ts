import type { Concept } from "@/lib/contract/concept";
import { Random } from "@/lib/numbers/random";

/** One half chooses the best latent, the other says how good it is: the choice makes the first half's number too high. */
export type ConceptHalves = { readonly selection: Concept; readonly report: Concept };

/** Divides each kind of row evenly and at random, drawn by a seed; of an odd number the selection has one more. */
export function halvesOf(concept: Concept, seed: number): ConceptHalves {
  const random = new Random(seed);
  const divide = (rows: readonly number[]): [selection: number[], report: number[]] => {
    const drawn = Int32Array.from(rows);
    random.shuffle(drawn);
    const middle = Math.ceil(drawn.length / 2);
    return [[...drawn.subarray(0, middle)], [...drawn.subarray(middle)]];
  };
  const positives = divide(concept.positives);
  const negatives = divide(concept.negatives);
  const hardNegatives = divide(concept.hardNegatives);
  const half = (part: 0 | 1): Concept => ({
    name: concept.name,
    positives: positives[part],
    negatives: negatives[part],
    hardNegatives: hardNegatives[part],
  });
  return { selection: half(0), report: half(1) };
}
