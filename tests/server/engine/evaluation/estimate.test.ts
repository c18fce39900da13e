import { describe, expect, it } from "vitest";
import { estimateOf } from "@/server/engine/evaluation/estimate";

describe("estimateOf", () => {
  it("gives a mean with the half width of its interval, none for few values", () => {
    expect(estimateOf([3])).toEqual({ mean: 3, halfWidth: null, count: 1 });
    expect(estimateOf([1, 2, 6])).toEqual({ mean: 3, halfWidth: null, count: 3 });
    expect(estimateOf(Array(30).fill(2))).toEqual({ mean: 2, halfWidth: 0, count: 30 });
    const { mean, halfWidth, count } = estimateOf(Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? 1 : 3)));
    expect([mean, count]).toEqual([2, 30]);
    expect(halfWidth).toBeCloseTo(2.04523 * Math.sqrt(30 / 29 / 30), 4);
  });

  it("refuses no values, and values that are not finite numbers", () => {
    expect(() => estimateOf([])).toThrow("no values");
    expect(() => estimateOf([1, Number.NaN])).toThrow("is NaN");
  });
});
