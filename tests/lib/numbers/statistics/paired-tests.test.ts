import { describe, expect, it } from "vitest";
import { discordantOf, mcnemarCorrected, mcnemarExact, mcnemarMidP, signTest } from "@/lib/numbers/statistics/paired-tests";
import { goldenStatistics, largestError } from "@/tests/support/golden-statistics";

type Case = {
  firstOnly: number;
  secondOnly: number;
  exact: number;
  midP: number;
  statistic: number | null;
  corrected: number;
  sign: number;
};
const golden = goldenStatistics<{ mcnemar: Case[] }>("paired-tests");

describe("McNemar's test", () => {
  it("has statsmodels' exact p, scipy's mid-p, and the binomial test's p for signs", () => {
    expect(golden.mcnemar.length).toBeGreaterThan(50);
    expect(largestError(golden.mcnemar.map((pair) => [mcnemarExact(pair), pair.exact]))).toBeLessThan(1e-10);
    expect(largestError(golden.mcnemar.map((pair) => [mcnemarMidP(pair), pair.midP]))).toBeLessThan(1e-10);
    const signed = golden.mcnemar.filter(({ firstOnly, secondOnly }) => firstOnly + secondOnly < 1000);
    const differencesOf = ({ firstOnly, secondOnly }: Case) => [
      ...Array.from({ length: firstOnly }, () => 0.5),
      0,
      ...Array.from({ length: secondOnly }, () => -2),
    ];
    expect(largestError(signed.map((pair) => [signTest(differencesOf(pair)).pValue, pair.sign]))).toBeLessThan(1e-10);
  });

  it("has statsmodels' corrected statistic and p, but says nothing where nothing differs", () => {
    const some = golden.mcnemar.filter(({ firstOnly, secondOnly }) => firstOnly + secondOnly > 0);
    expect(some.length).toBeGreaterThan(50);
    expect(largestError(some.map((pair) => [mcnemarCorrected(pair).statistic, pair.statistic]))).toBeLessThan(1e-12);
    expect(largestError(some.map((pair) => [mcnemarCorrected(pair).pValue, pair.corrected]))).toBeLessThan(1e-12);
    const nothing = { firstOnly: 0, secondOnly: 0 };
    expect([mcnemarExact(nothing), mcnemarMidP(nothing), mcnemarCorrected(nothing)]).toEqual([1, 1, { statistic: 0, pValue: 1 }]);
  });

  it("counts only examples on which the runs differ", () => {
    expect(discordantOf([1, 1, 0, 0, 1], [1, 0, 0, 1, 0])).toEqual({ firstOnly: 2, secondOnly: 1 });
    expect(discordantOf([true, false], [false, false])).toEqual({ firstOnly: 1, secondOnly: 0 });
    expect(() => discordantOf([1], [1, 0])).toThrow("1 and 2 examples are not pairs");
  });
});

describe("signTest", () => {
  it("leaves zeros out and refuses NaN", () => {
    expect(signTest([0.5, 0, -1, 3, 2, 1])).toEqual({ positive: 4, negative: 1, pValue: expect.closeTo(0.375, 12) });
    expect(signTest([0, 0]).pValue).toBe(1);
    expect(() => signTest([1, Number.NaN])).toThrow("example 1 is NaN");
  });
});
