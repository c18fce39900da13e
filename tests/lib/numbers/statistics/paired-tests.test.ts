import { describe, expect, it } from "vitest";
import { discordantOf, mcnemarMidP } from "@/lib/numbers/statistics/paired-tests";
import { goldenStatistics, largestError } from "@/tests/support/golden-statistics";

type Case = {
  firstOnly: number;
  secondOnly: number;
  midP: number;
};
const golden = goldenStatistics<{ mcnemar: Case[] }>("paired-tests");

describe("McNemar's test", () => {
  it("has scipy's mid-p, and p 1 where no example differs", () => {
    expect(golden.mcnemar.length).toBeGreaterThan(50);
    expect(largestError(golden.mcnemar.map((pair) => [mcnemarMidP(pair), pair.midP]))).toBeLessThan(1e-10);
    expect(mcnemarMidP({ firstOnly: 0, secondOnly: 0 })).toBe(1);
  });

  it("counts only examples on which the runs differ", () => {
    expect(discordantOf([1, 1, 0, 0, 1], [1, 0, 0, 1, 0])).toEqual({ firstOnly: 2, secondOnly: 1 });
    expect(discordantOf([true, false], [false, false])).toEqual({ firstOnly: 1, secondOnly: 0 });
    expect(() => discordantOf([1], [1, 0])).toThrow("1 and 2 examples are not pairs");
  });
});
