import { describe, expect, it } from "vitest";
import { matchedControls } from "@/server/engine/effects/matched-controls";
import { ratioInterval } from "@/server/engine/effects/ratio-interval";

describe("matched controls", () => {
  // Latents 0…5 fire often and write strongly, 6…11 fire seldom and write weakly; 12 is dead, 13 writes nothing.
  const densities = [0.4, 0.5, 0.45, 0.42, 0.48, 0.44, 0.001, 0.0012, 0.0011, 0.0009, 0.001, 0.0013, 0, 0.001];
  const decoderNorms = [2, 2.1, 1.9, 2, 2.2, 1.8, 0.1, 0.11, 0.09, 0.1, 0.12, 0.1, 0.1, 0];

  it("are near in density and decoder norm, living, and others than the latent", () => {
    for (const seed of [0, 1, 2, 3]) {
      expect(matchedControls({ densities, decoderNorms }, 0, 5, seed).sort()).not.toContain(0);
      expect(matchedControls({ densities, decoderNorms }, 2, 1, seed).every((j) => j < 6 && j !== 2)).toBe(true);
      expect(matchedControls({ densities, decoderNorms }, 8, 1, seed).every((j) => j >= 6 && j < 12 && j !== 8)).toBe(true);
    }
  });

  it("are drawn by the seed, without repetition, from three times as many", () => {
    const drawn = [0, 1, 2, 3, 4, 5].map((seed) => matchedControls({ densities, decoderNorms }, 7, 1, seed));
    expect(new Set(drawn.flat()).size).toBeGreaterThan(1);
    expect(matchedControls({ densities, decoderNorms }, 7, 3, 5)).toEqual(matchedControls({ densities, decoderNorms }, 7, 3, 5));
    const all = matchedControls({ densities, decoderNorms }, 7, 64, 0);
    expect(all.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11]);
  });

  it("of components that all fire everywhere go by the norm alone", () => {
    const dense = { densities: [1, 1, 1, 1, 1, 1, 1, 1], decoderNorms: [1, 5, 1.1, 6, 1.2, 5.5, 0.9, 7] };
    expect(matchedControls(dense, 0, 1, 0).every((j) => [2, 4, 6].includes(j))).toBe(true);
  });

  it("refuse a latent that is not one of the module", () => {
    expect(() => matchedControls({ densities, decoderNorms }, 14, 1, 0)).toThrow("latent 14 is not in 0…13");
  });
});

describe("ratioInterval", () => {
  it("holds the ratio of the sums, and narrows to it where all rows agree", () => {
    expect(ratioInterval([2, 4, 6], [1, 2, 3])).toEqual({ ratio: 2, low: 2, high: 2 });
    const spread = ratioInterval([1, -1, 5, 0, 2, 3], [1, 2, 1, 0, 3, 1]);
    expect(spread?.ratio).toBeCloseTo(10 / 8, 12);
    expect(spread?.low).toBeLessThan(1.25);
    expect(spread?.high).toBeGreaterThan(1.25);
  });

  it("covers the ratio that rows are drawn from in about 95 of 100 samples", () => {
    let covered = 0;
    for (let sample = 0; sample < 100; sample++) {
      let state = sample * 7919 + 17;
      const next = () => {
        state = (state * 48271) % 2147483647;
        return state / 2147483647;
      };
      for (let warm = 0; warm < 5; warm++) next();
      const counts = Array.from({ length: 60 }, () => Math.floor(4 * next()));
      const sums = counts.map((count) => Array.from({ length: count }, () => 0.3 + next() - 0.5).reduce((a, b) => a + b, 0));
      const interval = ratioInterval(sums, counts);
      if (interval !== undefined && interval.low <= 0.3 && interval.high >= 0.3) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(88);
    expect(covered).toBeLessThanOrEqual(100);
  });

  it("is not there for a latent that never fires, nor for one row", () => {
    expect(ratioInterval([0, 0], [0, 0])).toBeUndefined();
    expect(ratioInterval([1], [1])).toBeUndefined();
  });
});
