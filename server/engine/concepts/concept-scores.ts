import type { Concept } from "@/lib/contract/concept";
import type { RowMaxima } from "./row-activations";

/** A detector's scores of a concept's rows, by kind; the arrays are written anew for each detector. */
export type ConceptScores = {
  readonly positives: Float32Array;
  readonly negatives: Float32Array;
  readonly hardNegatives: Float32Array;
  /**
   * Takes the scores of another detector.
   *
   * @returns positives and negatives in which it is active
   */
  read(maxima: RowMaxima, detector: number): { positives: number; negatives: number };
};

/** @param placeOf places of the pass's rows, by number. @throws RangeError for a row that the pass did not read */
export function conceptScores(concept: Concept, placeOf: ReadonlyMap<number, number>): ConceptScores {
  const [positives, negatives, hardNegatives] = [
    new Float32Array(concept.positives.length),
    new Float32Array(concept.negatives.length),
    new Float32Array(concept.hardNegatives.length),
  ];
  const slotsOf = (rows: readonly number[]) => {
    const slots = new Int32Array(placeOf.size).fill(-1);
    rows.forEach((row, slot) => {
      const place = placeOf.get(row);
      if (place === undefined) throw new RangeError(`row ${row} of the concept ${concept.name} was not read`);
      slots[place] = slot;
    });
    return slots;
  };
  const kinds = [
    { scores: positives, slots: slotsOf(concept.positives) },
    { scores: negatives, slots: slotsOf(concept.negatives) },
    { scores: hardNegatives, slots: slotsOf(concept.hardNegatives) },
  ];
  const isActive = (scores: Float32Array) => scores.reduce((count, score) => count + (score > 0 ? 1 : 0), 0);
  return {
    positives,
    negatives,
    hardNegatives,
    read({ starts, places, values }, detector) {
      const end = starts[detector + 1] as number;
      for (const { scores, slots } of kinds) {
        scores.fill(0);
        for (let at = starts[detector] as number; at < end; at++) {
          const slot = slots[places[at] as number] as number;
          if (slot >= 0) scores[slot] = values[at] as number;
        }
      }
      return { positives: isActive(positives), negatives: isActive(negatives) };
    },
  };
}
