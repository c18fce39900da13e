import { describe, expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";
import { klDivergence } from "@/server/engine/generation/distribution";
import { logProbability, type Sampling, sampleToken } from "@/server/engine/generation/sampling";

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
    const id = sampleToken(logits, seen, { ...plain, ...sampling }, (i + 0.5) / draws);
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
    expect(sampleToken(logits, [], { ...plain, temperature: 0 }, 0.9)).toBe(1);
    expect(sampleToken(logitsOf(0.2, 0.4, 0.4), [], { ...plain, temperature: 0 }, 0.9)).toBe(1);
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
    expect(sampleToken(logits, [0, 0], { ...plain, temperature: 0, repetitionPenalty: 2 }, 0)).toBe(1);
    const share = (seen: number[]) => shares(logits, { repetitionPenalty: 2 }, seen)[2] ?? 0;
    expect(share([2])).toBeLessThan(share([]));
    expect(Array.from(logits)).toEqual([2, 1.5, -1]);
  });

  it("never draws a token of probability 0", () => {
    const logits = Float32Array.of(-Infinity, 0, -Infinity);
    expectShares(shares(logits, { topP: 0.9 }), [0, 1, 0]);
    expect(sampleToken(logits, [], plain, 1 - 2 ** -53)).toBe(1);
  });

  it("refuses a logit that is not a number, naming the token", () => {
    expect(() => sampleToken(Float32Array.of(1, Number.NaN), [], plain, 0)).toThrow("the logit of token 1 is not a number");
  });

  it("draws alike from equal seeds", () => {
    const run = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 20 }, () => sampleToken(logits, [], plain, random.next()));
    };
    expect(run(5)).toEqual(run(5));
    expect(run(5)).not.toEqual(run(6));
  });
});

describe("what is said of distributions", () => {
  it("is the model's own log-probability, whatever the sampling", () => {
    expect(logProbability(logitsOf(0.1, 0.5, 0.4), 1)).toBeCloseTo(Math.log(0.5), 6);
  });

  it("is the divergence in nats, 0 for equal ones", () => {
    const [p, q] = [logitsOf(0.25, 0.75), logitsOf(0.5, 0.5)];
    expect(klDivergence(p, q)).toBeCloseTo(0.25 * Math.log(0.5) + 0.75 * Math.log(1.5), 6);
    expect(klDivergence(p, p)).toBe(0);
    expect(klDivergence(Float32Array.of(0, -Infinity), Float32Array.of(0, 0))).toBeCloseTo(Math.LN2, 9);
    expect(() => klDivergence(p, Float32Array.of(0))).toThrow(/2 and 1 tokens/);
  });
});
