import fc from "fast-check";

/** One change of an input, as numbers that each form of file reads in its own way; a case is a few of them. */
export type Mutation = {
  /** Which of the input's files. */
  readonly file: number;
  /** Where in it, as a share. */
  readonly at: number;
  /** What is done there. */
  readonly kind: number;
  /** With what. */
  readonly value: number;
  readonly size: number;
};

const mutation: fc.Arbitrary<Mutation> = fc.record({
  file: fc.nat(1000),
  at: fc.nat(999_999).map((millionths) => millionths / 1e6),
  kind: fc.nat(1000),
  value: fc.nat(1_000_000),
  size: fc.nat(64),
});

/** The first `count` cases of a seed. */
export function casesOf(seed: number, count: number): Mutation[][] {
  return fc.sample(fc.array(mutation, { minLength: 1, maxLength: 2 }), { seed, numRuns: count });
}

export function pick<Item>(items: readonly Item[], number: number): Item {
  const item = items[number % items.length];
  if (item === undefined) throw new RangeError("there is nothing to pick from");
  return item;
}
