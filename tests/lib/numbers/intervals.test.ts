import { describe, expect, it } from "vitest";
import { meanOf, pairedInterval } from "@/lib/numbers/intervals";
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
