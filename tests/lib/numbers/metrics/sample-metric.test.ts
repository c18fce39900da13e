import { describe, expect, it } from "vitest";
import { differenceOf, sampleMean, sampleRatio } from "@/lib/numbers/metrics/sample-metric";

describe("means over examples", () => {
  it("weight a loss by tokens and a value by how often its example stands in the sample", () => {
    expect(sampleMean([1, 2, 6])()).toBe(3);
    expect(sampleMean([1, 2, 6])(Int32Array.of(0, 3, 0))).toBe(2);
    expect(sampleRatio([6, 2], [3, 1])()).toBe(2);
    expect(sampleRatio([6, 5], [3, 1])(Int32Array.of(1, 1))).toBe(11 / 4);
    expect(sampleRatio([6, 0], [3, 0])(Int32Array.of(0, 2))).toBeNaN();
  });

  it("differ over the same sample", () => {
    expect(differenceOf(sampleMean([1, 5]), sampleMean([2, 3]))(Int32Array.of(2, 0))).toBe(-1);
  });

  it("refuse what is no value of each example", () => {
    expect(() => sampleMean([])).toThrow("no examples");
    expect(() => sampleRatio([1], [1, 2])).toThrow("1 and 2 examples do not pair");
    expect(() => sampleMean([1, Number.NaN])).toThrow("the value of example 1 is NaN");
    expect(() => sampleRatio([1], [Number.POSITIVE_INFINITY])).toThrow("the weight of example 0 is Infinity");
    expect(() => sampleRatio([1, 1], [1, -2])).toThrow("the weight of example 1 is -2, below 0");
  });
});
