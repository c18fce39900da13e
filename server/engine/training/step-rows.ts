import { Sampler } from "./sampler";
import type { TrainingSettings } from "./settings";

/** The rows that a step takes. */
export type StepRows = {
  /** By number, as the sampler gives them. */
  readonly chosen: readonly number[];
  /** With packing: places among the chosen, by the row of the step that they share. */
  readonly packed: readonly (readonly number[])[] | undefined;
};

/** What chooses them. */
export type StepSize = Pick<TrainingSettings, "batchRows" | "packing" | "maxTokens">;

/**
 * Takes the rows of the next step. Without packing they are the sampler's next `batchRows`. With packing they are its next ones, in its order, as long as
 * each fits one of `batchRows` rows of `maxTokens` tokens: it goes to the first that has room. The first that fits none begins the next step. A row longer
 * than `maxTokens` takes one of them alone.
 */
export function takeStepRows(sampler: Sampler, { batchRows, packing, maxTokens }: StepSize, tokensOf: (row: number) => number): StepRows {
  if (packing !== true) return { chosen: Array.from(sampler.take(batchRows)), packed: undefined };
  if (maxTokens === undefined) throw new RangeError("packing needs maxTokens, the length of the rows that are filled");
  const chosen: number[] = [];
  const rows = Array.from({ length: batchRows }, () => ({ left: maxTokens, places: [] as number[] }));
  for (;;) {
    const length = tokensOf(sampler.peek());
    const row = rows.find(({ left, places }) => length <= left || places.length === 0);
    if (row === undefined) break;
    row.places.push(chosen.length);
    row.left -= length;
    chosen.push(...sampler.take(1));
  }
  return { chosen, packed: rows.map(({ places }) => places) };
}

/** Those of a step's rows that count, with places among them. */
export function onlyRows({ chosen, packed }: StepRows, counts: (row: number) => boolean): StepRows {
  const left = Array.from(chosen.keys()).filter((place) => counts(chosen[place] as number));
  const among = new Map(left.map((place, at) => [place, at]));
  const rows = packed?.map((places) => places.flatMap((place) => among.get(place) ?? []));
  return { chosen: chosen.filter(counts), packed: rows?.filter((places) => places.length > 0) };
}

/**
 * Rows of `maxTokens` that packing fills with rows of these lengths in a random order, as an epoch does.
 *
 * @param batchRows rows that are filled at a time: few of them leave a little more unfilled
 */
export function rowsFilled(lengths: readonly number[], maxTokens: number, batchRows = 8): number {
  if (lengths.length === 0) return 0;
  const sampler = new Sampler(lengths.length, { shuffle: true, seed: 0 });
  let rows = 0;
  let left = lengths.length;
  while (left > 0) {
    const { chosen, packed = [] } = takeStepRows(sampler, { batchRows, packing: true, maxTokens }, (row) => lengths[row] ?? 0);
    rows += packed.filter(([first]) => first !== undefined && first < left).length;
    left -= chosen.length;
  }
  return rows;
}

/** How many whole steps rows of these lengths fill, each taken once in their order. */
export function stepsFilled(lengths: readonly number[], size: StepSize): number {
  if (lengths.length === 0) return 0;
  const sampler = new Sampler(lengths.length, { shuffle: false, seed: 0 });
  let steps = 0;
  while (sampler.epochs <= 1) {
    takeStepRows(sampler, size, (row) => lengths[row] ?? 0);
    steps++;
  }
  return steps - 1;
}
