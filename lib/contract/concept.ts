/** Rows that show a concept and rows that do not, by their numbers. */
export type Concept = {
  readonly name: string;
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
  /** Rows that look as if they showed the concept but do not, such as other senses of its words. */
  readonly hardNegatives: readonly number[];
};
