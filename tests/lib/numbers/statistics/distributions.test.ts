import { describe, expect, it } from "vitest";
import { logGamma, regularisedBeta } from "@/lib/numbers/statistics/beta";
import { normalProbability, normalQuantile } from "@/lib/numbers/statistics/normal";
import { meanInterval, studentQuantile, studentTails, varianceOf } from "@/lib/numbers/statistics/student-t";
import { goldenStatistics } from "@/tests/support/golden-statistics";

const golden = goldenStatistics<{
  normal: [number, number][];
  normalQuantile: [number, number][];
  studentQuantile: [number, number, number][];
  studentTails: [number, number, number][];
  beta: [number, number, number, number][];
}>("distributions");

/** Of each value relative to its own size, so that small tails count. */
function relativeErrors(pairs: readonly (readonly [number, number])[]): number[] {
  return pairs.map(([value, expected]) => (value === expected ? 0 : Math.abs(value - expected) / Math.max(Math.abs(expected), 1e-300)));
}

describe("the normal distribution", () => {
  it("has scipy's probabilities, far into the lower tail", () => {
    expect(Math.max(...relativeErrors(golden.normal.map(([z, p]) => [normalProbability(z), p])))).toBeLessThan(1e-12);
    expect(normalProbability(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(normalProbability(Number.NaN)).toBeNaN();
  });

  it("has scipy's quantiles", () => {
    expect(Math.max(...relativeErrors(golden.normalQuantile.map(([p, z]) => [normalQuantile(p), z])))).toBeLessThan(1e-10);
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(() => normalQuantile(1.5)).toThrow("probability 1.5 is not in 0…1");
  });
});

describe("Student's t and the incomplete beta function", () => {
  it("have scipy's values at whole and fractional degrees of freedom", () => {
    expect(Math.max(...relativeErrors(golden.studentQuantile.map(([d, level, t]) => [studentQuantile(d, level), t])))).toBeLessThan(1e-9);
    expect(Math.max(...relativeErrors(golden.studentTails.map(([t, d, p]) => [studentTails(t, d), p])))).toBeLessThan(1e-11);
    expect(Math.max(...relativeErrors(golden.beta.map(([x, a, b, p]) => [regularisedBeta(x, a, b), p])))).toBeLessThan(1e-9);
  });

  it("count factorials by Γ", () => {
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 12);
  });

  it("refuse what is outside", () => {
    expect(() => studentQuantile(0)).toThrow("degrees of freedom 0");
    expect(() => studentQuantile(3, 1)).toThrow("level 1");
    expect(() => regularisedBeta(0.5, 0, 1)).toThrow("parameters 0 and 1");
    expect(() => regularisedBeta(2, 1, 1)).toThrow("x 2");
  });
});

describe("meanInterval", () => {
  it("is a mean ± t · deviation / √count, with the p of no mean", () => {
    const { mean, deviation, halfWidth, pValue } = meanInterval([1, 2, 6]);
    expect([mean, deviation]).toEqual([3, Math.sqrt(7)]);
    expect(halfWidth).toBeCloseTo(4.302653 * Math.sqrt(7 / 3), 5);
    // scipy.stats.ttest_1samp([1, 2, 6], 0)
    expect(pValue).toBeCloseTo(0.18849732879931, 12);
  });

  it("has no spread for one value, and none in equal values, however they round", () => {
    expect(meanInterval([3])).toEqual({ mean: 3, deviation: null, halfWidth: null, pValue: null });
    expect(meanInterval([0, 0, 0])).toEqual({ mean: 0, deviation: 0, halfWidth: 0, pValue: 1 });
    expect(varianceOf([0.1, 0.1, 0.1])).toBe(0);
    expect(varianceOf([0.1])).toBeNaN();
  });

  it("refuses no values and values that are not numbers", () => {
    expect(() => meanInterval([])).toThrow("no values");
    expect(() => meanInterval([1, Number.NaN])).toThrow("is NaN");
  });
});
