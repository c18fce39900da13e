import { describe, expect, it } from "vitest";
import { estimateOf } from "@/server/engine/evaluation/estimate";

describe("estimateOf", () => {
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
