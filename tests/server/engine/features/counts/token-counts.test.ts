import { describe, expect, it } from "vitest";
import { CounterBudget } from "@/server/engine/features/counts/counter-memory";
import { packTokenCounts } from "@/server/engine/features/counts/packed-token-counts";
import { TokenCounts } from "@/server/engine/features/counts/token-counts";
import { wholly } from "@/server/engine/tensor/in-parts";
import { randomStream } from "@/tests/server/engine/features/random-pass";

const vocab = 150_000;

/** Tokens of a long-tailed stream: 0 most often. */
function stream(length: number, seed: number, numTokens = 20_000): number[] {
  const random = randomStream(seed);
  return Array.from({ length }, () => Math.floor(numTokens * random() ** 6));
}

function truthOf(tokens: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}

function truthTop(tokens: readonly number[], limit: number) {
  const sorted = [...truthOf(tokens)].sort(([a, ofA], [b, ofB]) => ofB - ofA || a - b);
  return sorted.slice(0, limit).map(([token, count]) => ({ token, count, error: 0 }));
}

function counted(tokens: readonly number[], limitBytes: number): TokenCounts {
  const counts = new TokenCounts(2, vocab, new CounterBudget(limitBytes));
  for (const token of tokens) counts.add(1, token);
  return counts;
}

/** Every token of the stream, listed or not, within what the latent's error says. */
function expectWithinError(counts: TokenCounts, tokens: readonly number[]): void {
  const listed = new Map(counts.top(1, Number.POSITIVE_INFINITY).map((one) => [one.token, one]));
  const bound = counts.errors[1] ?? 0;
  for (const [token, truth] of truthOf(tokens)) {
    const { count, error } = listed.get(token) ?? { count: bound, error: bound };
    expect(truth).toBeLessThanOrEqual(count);
    expect(truth).toBeGreaterThanOrEqual(count - error);
  }
}

describe("token counts", () => {
  it("are exact while the budget holds them, whatever the number of tokens", () => {
    const tokens = stream(60_000, 3, 150_000);
    const counts = counted(tokens, 2 ** 22);
    expect(truthOf(tokens).size).toBeGreaterThan(15_000);
    expect(counts.top(1, 50)).toEqual(truthTop(tokens, 50));
    expect(counts.top(0, 50)).toEqual([]);
  });

  it("take from the budget what their tables hold, and give back what they outgrew", () => {
    const budget = new CounterBudget(2 ** 22);
    const counts = new TokenCounts(2, vocab, budget);
    for (const token of stream(60_000, 3, 150_000)) counts.add(1, token);
    for (const token of [1, 2, 3]) counts.add(0, token);
    expect(budget.usedBytes).toBe(8 * (2 ** 3 + 2 ** (counts.bits[1] ?? 0)));
  });

  it("keep many latents apart that share pages and reuse each other's blocks", () => {
    const counts = new TokenCounts(300, vocab, new CounterBudget(2 ** 26));
    const streams = Array.from({ length: 300 }, (_, latent) => stream(20 + 9 * latent, latent + 1));
    for (let at = 0; at < 20 + 9 * 299; at++) {
      streams.forEach((tokens, latent) => {
        if (at < tokens.length) counts.add(latent, tokens[at] as number);
      });
    }
    streams.forEach((tokens, latent) => {
      expect(counts.top(latent, 40)).toEqual(truthTop(tokens, 40));
    });
  });

  it("are wrong by no more than they say once the budget is spent, and still list the most frequent tokens", () => {
    const tokens = stream(60_000, 3);
    const counts = counted(tokens, 2 ** 12);
    expect(counts.errors[1]).toBeGreaterThan(0);
    expectWithinError(counts, tokens);
    expect(
      counts
        .top(1, 5)
        .map(({ token }) => token)
        .sort(),
    ).toEqual(
      truthTop(tokens, 5)
        .map(({ token }) => token)
        .sort(),
    );
  });

  it("have tables of 64 slots even without a budget", () => {
    const counts = counted(stream(5000, 3), 0);
    expect(counts.bits[1]).toBe(6);
    expectWithinError(counts, stream(5000, 3));
  });

  it("are wrong by no more than they say after merging, and exact where both parts are and the sum fits", () => {
    const [a, b] = [stream(20_000, 3), stream(30_000, 8)];
    for (const limitBytes of [2 ** 12, 2 ** 22]) {
      const merged = counted(a, limitBytes);
      wholly(merged.merge(counted(b, limitBytes)));
      expectWithinError(merged, [...a, ...b]);
      if (limitBytes === 2 ** 22) expect(merged.top(1, 30)).toEqual(truthTop([...a, ...b], 30));
    }
  });

  it("are merged and packed some at a time where there are many, so that the rest of the worker runs between", () => {
    const many = counted(
      Array.from({ length: 70_000 }, (_, token) => token),
      2 ** 22,
    );
    expect([...counted([], 2 ** 22).merge(many)]).toEqual([undefined]);
    expect([...packTokenCounts("token", many)].filter((packed) => packed === undefined)).toHaveLength(1);
  });

  it("become a list by token where that takes no more room, and count the same", () => {
    const tokens = stream(20_000, 3, 1000);
    const counts = new TokenCounts(2, 1000, new CounterBudget(2 ** 22));
    // Every third firing has no token, as the last position of a row has no follower.
    const ids = Int32Array.from(tokens, (token, at) => (at % 3 === 2 ? -1 : token));
    const counted = tokens.filter((_, at) => at % 3 !== 2);
    for (const part of [ids.subarray(0, 15_000), ids.subarray(15_000)]) {
      counts.addBatch({ starts: Int32Array.of(0, 0, part.length), places: Int32Array.from(part.keys()) }, part);
    }
    expect(counts.entries(1).reduce((sum, { count }) => sum + count, 0)).toBe(counted.length);
    expect(counts.bits[1]).toBe(9);
    expect(counts.top(1, 1000)).toEqual(truthTop(counted, 1000));
  });

  it("of whole batches are those of their firings one by one, whatever is read first", () => {
    const batches = [stream(3000, 3), stream(500, 4), stream(3000, 5)];
    const ofBatches = () => {
      const counts = new TokenCounts(3, vocab, new CounterBudget(2 ** 22));
      for (const tokens of batches) {
        // Backwards, and latent 0 never fires.
        const places = Int32Array.from(tokens.keys()).reverse();
        counts.addBatch({ starts: Int32Array.of(0, 0, 400, tokens.length), places }, Int32Array.from(tokens));
      }
      return counts;
    };
    const oneByOne = () => {
      const counts = new TokenCounts(3, vocab, new CounterBudget(2 ** 22));
      for (const tokens of batches) for (const [at, token] of [...tokens].reverse().entries()) counts.add(at < 400 ? 1 : 2, token);
      return counts;
    };
    const readings: ((counts: TokenCounts) => unknown)[] = [
      ({ bits }) => [...bits],
      (counts) => [0, 1].map((latent) => counts.numTokens(latent)),
      (counts) => [0, 1].map((latent) => counts.entries(latent)),
      (counts) => counts.top(1, 30),
      ({ errors }) => errors[1],
      (counts) => {
        counts.add(1, 7, 10_000);
        return counts.top(1, 30);
      },
      (counts) => {
        const merged = new TokenCounts(3, vocab, new CounterBudget(2 ** 26));
        wholly(merged.merge(counts));
        return [merged.top(1, 30), merged.errors[1]];
      },
    ];
    for (const read of readings) expect(read(ofBatches())).toEqual(read(oneByOne()));
  });

  it("of batches are wrong by no more than they say once the budget is spent", () => {
    const tokens = stream(60_000, 3);
    const counts = new TokenCounts(2, vocab, new CounterBudget(2 ** 12));
    for (let from = 0; from < tokens.length; from += 20_000) {
      const part = Int32Array.from(tokens.slice(from, from + 20_000));
      counts.addBatch({ starts: Int32Array.of(0, 0, part.length), places: Int32Array.from(part.keys()) }, part);
    }
    expect(counts.errors[1]).toBeGreaterThan(0);
    expectWithinError(counts, tokens);
  });

  it("of batches are made in tables as small as those that grow", () => {
    const budget = new CounterBudget(2 ** 22);
    const counts = new TokenCounts(4, vocab, budget);
    const ids = Int32Array.from({ length: 200 }, (_, place) => (place < 100 ? 5 : place));
    counts.addBatch({ starts: Int32Array.of(0, 0, 100, 107, 200), places: Int32Array.from(ids.keys()) }, ids);
    expect([...counts.bits]).toEqual([0, 3, 4, 7]);
    expect(budget.usedBytes).toBe(8 * (2 ** 3 + 2 ** 4 + 2 ** 7));
  });

  it("list tokens of equal count by their id", () => {
    expect(counted([9, 5, 9, 5, 7, 0], 0).top(1, 3)).toEqual([
      { token: 5, count: 2, error: 0 },
      { token: 9, count: 2, error: 0 },
      { token: 0, count: 1, error: 0 },
    ]);
  });
});
