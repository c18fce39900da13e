import type { Concept } from "@/lib/contract/concept";
import { halvesOf } from "./concept-halves";

/** Rows that a probe learns from or is measured on, by their places in the pass. */
export type ProbeRows = { readonly positives: readonly number[]; readonly negatives: readonly number[] };

export type ProbeSplit = { readonly train: ProbeRows; readonly test: ProbeRows };

/**
 * The halves of a detection: the one that chooses a latent there trains the probe here, and the other tests it. As in SAEBench, no more negatives than
 * positives are taken, drawn at random, and hard negatives are left out.
 *
 * @throws RangeError for a row that the pass did not read
 */
export function probeSplit(concept: Concept, placeOf: ReadonlyMap<number, number>, seed: number): ProbeSplit {
  const placesOf = (rows: readonly number[]) =>
    rows.map((row) => {
      const place = placeOf.get(row);
      if (place === undefined) throw new RangeError(`row ${row} of the concept ${concept.name} was not read`);
      return place;
    });
  const { selection, report } = halvesOf(concept, seed);
  const balanced = ({ positives, negatives }: Concept): ProbeRows => ({
    positives: placesOf(positives),
    negatives: placesOf(negatives.slice(0, positives.length)),
  });
  return { train: balanced(selection), test: balanced(report) };
}

/** Folds that a module is chosen by; our choice. */
const mostFolds = 4;

/** Train and validation rows of each fold; where there are too few rows for two, all of them are both. The rows are in random order already. */
export function foldsOf({ positives, negatives }: ProbeRows): ProbeSplit[] {
  const folds = Math.min(mostFolds, positives.length, negatives.length);
  if (folds < 2) return [{ train: { positives, negatives }, test: { positives, negatives } }];
  return Array.from({ length: folds }, (_, fold) => {
    const part = (isTest: boolean): ProbeRows => {
      const keep = (rows: readonly number[]) => rows.filter((_, at) => (at % folds === fold) === isTest);
      return { positives: keep(positives), negatives: keep(negatives) };
    };
    return { train: part(false), test: part(true) };
  });
}
