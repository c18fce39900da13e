import { describe, expect, it } from "vitest";
import { halfOctaveBin, halfOctaveOf, halfOctaveQuantile, upperEdge } from "@/lib/numbers/half-octaves";

function binOf(value: number): number {
  return halfOctaveBin(new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0);
}

describe("half octaves", () => {
  it("hold [2^((i − 32)/2), 2^((i − 31)/2))", () => {
    expect([1, 1.41, 1.42, 2, 0.5, 0.7, 0.71, -3].map(binOf)).toEqual([32, 32, 33, 34, 30, 30, 31, 35]);
    // The float32 nearest to √2 lies just below it.
    expect(binOf(Math.SQRT2)).toBe(32);
    for (let bin = 1; bin < 63; bin++) {
      expect(binOf(upperEdge(bin) * (1 - 2e-7))).toBe(bin);
      expect(binOf(upperEdge(bin) * (1 + 2e-7))).toBe(bin + 1);
    }
  });

  it("end with all that lies beyond", () => {
    expect([1e-30, 2 ** -17, 2 ** 16, 1e30].map(binOf)).toEqual([0, 0, 63, 63]);
    expect([0, 2 ** -17, 1.41, 1.42, 2 ** 16].map(halfOctaveOf)).toEqual([0, 0, 32, 33, 63]);
  });

  it("give quantiles evenly on the log scale inside a bin, never above the largest", () => {
    const counts = new Array<number>(64).fill(0);
    counts[32] = 90;
    counts[40] = 10;
    expect(halfOctaveQuantile(counts, 0.45, 17)).toBeCloseTo(2 ** 0.25, 12);
    expect(halfOctaveQuantile(counts, 0.9, 17)).toBeCloseTo(Math.SQRT2, 12);
    expect(halfOctaveQuantile(counts, 0.95, 100)).toBeCloseTo(16 * 2 ** 0.25, 12);
    expect(halfOctaveQuantile(counts, 1, 17)).toBe(17);
    expect(halfOctaveQuantile(new Array<number>(64).fill(0), 0.5, 0)).toBeNull();
  });
});
