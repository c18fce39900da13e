import { describe, expect, it } from "vitest";
import { meanOf, pairedInterval, wilsonInterval } from "@/lib/numbers/intervals";
import { Random } from "@/lib/numbers/random";

describe("pairedInterval", () => {
  it("covers the true mean in about 95 of 100 samples", () => {
    let covered = 0;
    for (let sample = 0; sample < 200; sample++) {
      const random = new Random(sample);
      const differences = Array.from({ length: 60 }, () => 0.3 + random.nextNormal());
      const interval = pairedInterval(differences, { resamples: 400, seed: sample });
      if (interval !== undefined && interval.low <= 0.3 && interval.high >= 0.3) covered++;
    }
    expect(covered).toBeGreaterThan(180);
    expect(covered).toBeLessThan(199);
  });

  it("has the width of the normal interval for many rows", () => {
    const random = new Random(5);
    const differences = Array.from({ length: 1000 }, () => 2 * random.nextNormal());
    const interval = pairedInterval(differences);
    if (interval === undefined) throw new Error("no interval");
    const deviation = Math.sqrt(meanOf(differences.map((value) => (value - interval.mean) ** 2)));
    expect((interval.high - interval.low) / 2 / ((1.96 * deviation) / Math.sqrt(1000))).toBeCloseTo(1, 1);
  });

  it("has no interval for one row, and a point for equal rows", () => {
    expect(pairedInterval([0.5])).toBeUndefined();
    expect(pairedInterval([0.5, 0.5, 0.5])).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
  });

  it("names the row whose difference is not a number", () => {
    expect(() => pairedInterval([0, Number.NaN])).toThrow("row 1");
  });
});

describe("wilsonInterval", () => {
  it("solves |share − p| = z √(p (1 − p) / count) at both ends", () => {
    for (const [share, count] of [
      [0.5, 10],
      [0.7, 41],
      [0.05, 300],
    ] as const) {
      for (const p of wilsonInterval(share, count)) {
        expect(Math.abs(share - p) / Math.sqrt((p * (1 - p)) / count)).toBeCloseTo(1.959964, 6);
      }
    }
  });

  it("stays within 0…1 at the ends, and is never a point there", () => {
    const [low, high] = wilsonInterval(1, 5);
    expect(low).toBeCloseTo(0.5655, 4);
    expect(high).toBe(1);
    expect(wilsonInterval(0, 5)[0]).toBe(0);
    expect(wilsonInterval(0, 5)[1]).toBeCloseTo(0.4345, 4);
  });

  it("refuses what is no share of a count", () => {
    expect(() => wilsonInterval(1.1, 5)).toThrow("share 1.1 is not in 0…1");
    expect(() => wilsonInterval(0.5, 0)).toThrow("count 0 is not above 0");
  });
});
