import { describe, expect, it } from "vitest";
import { estimateOf, studentQuantile } from "@/server/engine/evaluation/estimate";

describe("estimateOf", () => {
  it("takes the quantiles that tables of Student's t print", () => {
    const printed: [number, number][] = [
      [1, 12.7062],
      [2, 4.3027],
      [3, 3.1824],
      [4, 2.7764],
      [5, 2.5706],
      [7, 2.3646],
      [10, 2.2281],
      [29, 2.0452],
      [120, 1.9799],
    ];
    for (const [degrees, quantile] of printed) expect(studentQuantile(degrees)).toBeCloseTo(quantile, 4);
    expect(studentQuantile(999)).toBeCloseTo(1.9623, 4);
    expect(() => studentQuantile(0)).toThrow("degrees of freedom 0");
  });

  it("gives a mean with the half width of its interval, none for one value", () => {
    expect(estimateOf([3])).toEqual({ mean: 3, halfWidth: null, count: 1 });
    expect(estimateOf([2, 2, 2])).toEqual({ mean: 2, halfWidth: 0, count: 3 });
    const { mean, halfWidth, count } = estimateOf([1, 2, 6]);
    expect([mean, count]).toEqual([3, 3]);
    expect(halfWidth).toBeCloseTo(4.30265 * Math.sqrt(7 / 3), 4);
  });

  it("refuses no values, and values that are not finite numbers", () => {
    expect(() => estimateOf([])).toThrow("no values");
    expect(() => estimateOf([1, Number.NaN])).toThrow("is NaN");
  });
});
