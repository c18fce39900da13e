import { describe, expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";
import { distributionOf, klDivergence, logProbability, mostProbable } from "@/server/engine/generation/distribution";
import { type Sampling, sampleToken } from "@/server/engine/generation/sampling";

const plain: Sampling = { temperature: 1, topK: 0, topP: 1, repetitionPenalty: 1 };

/** Logits whose probabilities at temperature 1 are these. */
function logitsOf(...probabilities: number[]): Float32Array {
  return Float32Array.from(probabilities, (p) => Math.log(p) + 3);
}

/** Share of each token over evenly spaced draws. */
function shares(logits: Float32Array, sampling: Partial<Sampling>, seen: number[] = []): number[] {
  const draws = 1000;
  const counts = new Array<number>(logits.length).fill(0);
  for (let i = 0; i < draws; i++) {
    const id = sampleToken(distributionOf(logits), seen, { ...plain, ...sampling }, (i + 0.5) / draws);
    counts[id] = (counts[id] ?? 0) + 1 / draws;
  }
  return counts;
}

function expectShares(actual: number[], expected: number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((share, token) => {
    expect(Math.abs(share - (expected[token] ?? 0))).toBeLessThan(0.006);
    expect(share === 0).toBe(expected[token] === 0);
  });
}

describe("sampleToken", () => {
  const logits = logitsOf(0.1, 0.5, 0.15, 0.25);

  it("takes the most probable at temperature 0, of equal ones the first", () => {
    expect(sampleToken(distributionOf(logits), [], { ...plain, temperature: 0 }, 0.9)).toBe(1);
    expect(sampleToken(distributionOf(logitsOf(0.2, 0.4, 0.4)), [], { ...plain, temperature: 0 }, 0.9)).toBe(1);
  });

  it("draws in proportion to the probabilities", () => {
    expectShares(shares(logits, {}), [0.1, 0.5, 0.15, 0.25]);
  });

  it("sharpens and flattens with the temperature", () => {
    const squares = [0.01, 0.25, 0.0225, 0.0625];
    const sum = squares.reduce((total, square) => total + square, 0);
    expectShares(
      shares(logits, { temperature: 0.5 }),
      squares.map((square) => square / sum),
    );
  });

  it("keeps the k most probable, and all that tie with the last of them", () => {
    expectShares(shares(logits, { topK: 2 }), [0, 0.67, 0, 0.33]);
    expectShares(shares(logitsOf(0.5, 0.25, 0.25), { topK: 2 }), [0.5, 0.25, 0.25]);
    expectShares(shares(logits, { topK: 1 }), [0, 1, 0, 0]);
  });

  it("keeps the smallest set that reaches topP, at least one", () => {
    expectShares(shares(logits, { topP: 0.6 }), [0, 0.67, 0, 0.33]);
    expectShares(shares(logits, { topP: 0.8 }), [0, 0.56, 0.17, 0.28]);
    expectShares(shares(logits, { topP: 0 }), [0, 1, 0, 0]);
  });

  it("applies top-p to what top-k left", () => {
    expectShares(shares(logits, { topK: 3, topP: 0.8 }), [0, 0.67, 0, 0.33]);
  });

  it("makes tokens of the text less likely, whatever the sign of their logits", () => {
    const logits = Float32Array.of(2, 1.5, -1);
    expect(sampleToken(distributionOf(logits), [0, 0], { ...plain, temperature: 0, repetitionPenalty: 2 }, 0)).toBe(1);
    const share = (seen: number[]) => shares(logits, { repetitionPenalty: 2 }, seen)[2] ?? 0;
    expect(share([2])).toBeLessThan(share([]));
    expect(Array.from(logits)).toEqual([2, 1.5, -1]);
  });

  it("never draws a token of probability 0", () => {
    const logits = Float32Array.of(-Infinity, 0, -Infinity);
    expectShares(shares(logits, { topP: 0.9 }), [0, 1, 0]);
    expect(sampleToken(distributionOf(logits), [], plain, 1 - 2 ** -53)).toBe(1);
  });

  it("refuses a logit that is not a number, naming the token", () => {
    expect(() => distributionOf(Float32Array.of(1, Number.NaN))).toThrow("the logit of token 1 is not a number");
    expect(() => distributionOf(Float32Array.of(1, Infinity))).toThrow("the largest logit, of token 1, is Infinity");
  });

  it("draws the same from equal seeds", () => {
    const run = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 20 }, () => sampleToken(distributionOf(logits), [], plain, random.next()));
    };
    expect(run(5)).toEqual(run(5));
    expect(run(5)).not.toEqual(run(6));
  });
});

describe("what is said of distributions", () => {
  it("is the model's own log-probability, whatever the sampling", () => {
    expect(logProbability(distributionOf(logitsOf(0.1, 0.5, 0.4)), 1)).toBeCloseTo(Math.log(0.5), 6);
  });

  it("has the exponentials' own digits over all that a logit can be", () => {
    const logits = Float32Array.from({ length: 997 }, (_, id) => -id * 0.71);
    const { weights, weightSum, logSumExp, best } = distributionOf(logits);
    expect(best).toBe(0);
    weights.forEach((weight, id) => {
      const expected = Math.exp(logits[id] ?? 0);
      if ((logits[id] ?? 0) > -700) expect(Math.abs(weight - expected)).toBeLessThanOrEqual(1e-12 * expected);
      else expect(weight).toBe(0);
    });
    expect(logSumExp).toBeCloseTo(Math.log(weightSum), 12);
  });

  it("names the most probable tokens in order, of equal ones the lower id first", () => {
    const rated = mostProbable(distributionOf(logitsOf(0.1, 0.2, 0.4, 0.2, 0.1)), 4);
    expect(rated.map(({ id }) => id)).toEqual([2, 1, 3, 0]);
    expect(rated[1]?.logProbability).toBeCloseTo(Math.log(0.2), 6);
    expect(mostProbable(distributionOf(logitsOf(0.1, 0.9)), 5)).toHaveLength(2);
    expect(mostProbable(distributionOf(logitsOf(0.1, 0.9)), 0)).toEqual([]);
  });

  it("is the divergence in nats, 0 for equal ones", () => {
    const [p, q] = [distributionOf(logitsOf(0.25, 0.75)), distributionOf(logitsOf(0.5, 0.5))];
    expect(klDivergence(p, q)).toBeCloseTo(0.25 * Math.log(0.5) + 0.75 * Math.log(1.5), 6);
    expect(klDivergence(p, distributionOf(p.logits.slice()))).toBe(0);
    const [certain, even] = [distributionOf(Float32Array.of(0, -Infinity)), distributionOf(Float32Array.of(0, 0))];
    expect(klDivergence(certain, even)).toBeCloseTo(Math.LN2, 9);
    expect(() => klDivergence(p, distributionOf(Float32Array.of(0)))).toThrow(/2 and 1 tokens/);
  });
});
