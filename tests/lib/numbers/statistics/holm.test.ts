import { describe, expect, it } from "vitest";
import { holm } from "@/lib/numbers/statistics/holm";
import { goldenStatistics, largestError } from "@/tests/support/golden-statistics";

const golden = goldenStatistics<{ holm: { p: number[]; adjusted: number[] }[] }>("paired-tests").holm;

describe("holm", () => {
  it("has statsmodels' adjusted p values, in the order given", () => {
    expect(golden.length).toBeGreaterThan(5);
    for (const { p, adjusted } of golden) expect(largestError(holm(p).map((value, i) => [value, adjusted[i] ?? null]))).toBeLessThan(1e-12);
  });

  it("leaves one p as it is, gives equal p values the same, and refuses what is no p", () => {
    expect(holm([0.03])).toEqual([0.03]);
    expect(holm([0.2, 0.01, 0.01])).toEqual([0.2, 0.03, 0.03]);
    expect(holm([])).toEqual([]);
    expect(() => holm([0.1, 1.2])).toThrow("p value 1.2");
    expect(() => holm([Number.NaN])).toThrow("p value NaN");
  });
});
