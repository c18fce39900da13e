import { describe, expect, it } from "vitest";
import { pearsonOver, spearmanOver } from "@/lib/numbers/metrics/correlation";
import { Random } from "@/lib/numbers/random";
import { drawCounts } from "@/lib/numbers/statistics/bootstrap";
import { goldenStatistics, largestError } from "@/tests/support/golden-statistics";

const cases = goldenStatistics<{ x: number[]; y: number[]; pearson: number | null; spearman: number | null }[]>("correlation");

describe("correlations", () => {
  it("are scipy's, with ties, far from 0 and for constant values", () => {
    expect(cases.filter((one) => one.pearson === null).length).toBeGreaterThan(4);
    expect(largestError(cases.map(({ x, y, pearson: expected }) => [pearsonOver(x, y)(), expected]))).toBeLessThan(1e-7);
    const near = cases.filter(({ x }) => Math.abs(x[0] ?? 0) < 100);
    expect(largestError(near.map(({ x, y, pearson: expected }) => [pearsonOver(x, y)(), expected]))).toBeLessThan(1e-12);
    expect(largestError(cases.map(({ x, y, spearman: expected }) => [spearmanOver(x, y)(), expected]))).toBeLessThan(1e-12);
  });

  it("count a resample as the list that it stands for", () => {
    const random = new Random(4);
    for (const { x, y } of cases.filter(({ x }) => x.length > 4)) {
      const counts = drawCounts(new Int32Array(x.length), random);
      const repeat = (list: number[]) => list.flatMap((value, i) => Array.from({ length: counts[i] ?? 0 }, () => value));
      for (const over of [pearsonOver, spearmanOver]) {
        const [sampled, whole] = [over(x, y)(counts), over(repeat(x), repeat(y))()];
        expect(Number.isNaN(sampled)).toBe(Number.isNaN(whole));
        if (!Number.isNaN(whole)) expect(sampled).toBeCloseTo(whole, 7);
      }
    }
  });

  it("are NaN for equal values whose mean rounds away from them, in the data and in a resample", () => {
    expect(pearsonOver([0.1, 0.1, 0.1], [1, 2, 4])()).toBeNaN();
    expect(pearsonOver([0.1, 0.1, 0.1, 5], [1, 2, 4, 8])(Int32Array.of(1, 2, 1, 0))).toBeNaN();
  });

  it("share the mean rank among equal values", () => {
    expect(spearmanOver([5, 1, 5, -2, 5], [1, 2, 3, 4, 6])()).toBe(pearsonOver([4, 2, 4, 1, 4], [1, 2, 3, 4, 5])());
  });

  it("are NaN for a single example and refuse values that are not finite", () => {
    expect(pearsonOver([1], [2])()).toBeNaN();
    expect(() => pearsonOver([1, Number.NaN], [1, 2])).toThrow("the prediction of example 1 is NaN");
    expect(() => spearmanOver([1, 2], [1, Number.POSITIVE_INFINITY])).toThrow("the target of example 1 is Infinity");
    expect(() => spearmanOver([1, 2], [1])).toThrow("2 and 1 examples do not pair");
  });
});
