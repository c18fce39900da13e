import { describe, expect, it } from "vitest";
import { TokenSketch } from "@/server/engine/features/counts/token-counts";
import { randomStream } from "@/tests/server/engine/features/random-pass";

/** Tokens of a long-tailed stream: 0 most often. */
function stream(length: number, seed: number): number[] {
  const random = randomStream(seed);
  return Array.from({ length }, () => Math.floor(200 * random() ** 4));
}

function countsOf(tokens: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}

function sketched(tokens: readonly number[], capacity = 16): TokenSketch {
  const sketch = new TokenSketch(2, capacity);
  for (const token of tokens) sketch.add(1, token);
  return sketch;
}

describe("a token sketch", () => {
  it("is exact while there are counters enough", () => {
    const tokens = [5, 5, 5, 9, 9, 30];
    expect(sketched(tokens, 32).top(1, 8)).toEqual([
      { token: 5, count: 3, error: 0 },
      { token: 9, count: 2, error: 0 },
      { token: 30, count: 1, error: 0 },
    ]);
    expect(sketched(tokens).top(0, 8)).toEqual([]);
  });

  it("is never wrong by more than it says", () => {
    const tokens = stream(5000, 3);
    const counts = countsOf(tokens);
    const found = sketched(tokens).top(1, 16);
    expect(found).toHaveLength(16);
    expect(found.some(({ error }) => error > 0)).toBe(true);
    for (const { token, count, error } of found) {
      const truth = counts.get(token) ?? 0;
      expect(truth).toBeLessThanOrEqual(count);
      expect(truth).toBeGreaterThanOrEqual(count - error);
    }
    expect(found[0]?.token).toBe(0);
  });

  it("is never wrong by more than it says after merging", () => {
    const [a, b] = [stream(3000, 3), stream(4000, 8)];
    const merged = sketched(a);
    merged.merge(sketched(b));
    const counts = countsOf([...a, ...b]);
    for (const { token, count, error } of merged.top(1, 16)) {
      const truth = counts.get(token) ?? 0;
      expect(truth).toBeLessThanOrEqual(count);
      expect(truth).toBeGreaterThanOrEqual(count - error);
    }
    expect(merged.top(1, 1)[0]?.token).toBe(0);
  });

  it("refuses a capacity that no hash can deal out", () => {
    expect(() => new TokenSketch(2, 12)).toThrow(/12 is no power of two/);
  });
});
