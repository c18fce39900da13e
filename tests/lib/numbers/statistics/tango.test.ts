import { describe, expect, it } from "vitest";
import { scorePValue, tangoInterval } from "@/lib/numbers/statistics/tango";
import { goldenStatistics, largestError } from "@/tests/support/golden-statistics";

type Case = { firstOnly: number; secondOnly: number; examples: number; level: number; low: number; high: number; pValue: number };
const cases = goldenStatistics<Case[]>("tango");

describe("tangoInterval", () => {
  it("is where the score test, its likelihood maximised by scipy, begins to reject", () => {
    expect(cases.length).toBe(18);
    for (const one of cases) {
      const [low, high] = tangoInterval(one, one.examples, one.level);
      expect(
        largestError([
          [low, one.low],
          [high, one.high],
        ]),
        `${one.firstOnly}, ${one.secondOnly}`,
      ).toBeLessThan(1e-6);
    }
  });

  it("is the published one of 1 and 7 discordant among 21", () => {
    // Fagerland, Lydersen and Laake 2014, "Recommended tests and confidence intervals for paired binomial proportions", table III
    const [low, high] = tangoInterval({ firstOnly: 1, secondOnly: 7 }, 21, 0.95);
    expect(low).toBeCloseTo(-0.517, 3);
    expect(high).toBeCloseTo(-0.026, 3);
  });

  it("leaves as much open as examples are few where none is discordant", () => {
    // z² / (n + z²)
    expect(tangoInterval({ firstOnly: 0, secondOnly: 0 }, 97, 0.95)[1]).toBeCloseTo(3.841459 / (97 + 3.841459), 6);
    expect(tangoInterval({ firstOnly: 0, secondOnly: 0 }, 97, 0.95)[0]).toBeCloseTo(-3.841459 / (97 + 3.841459), 6);
  });

  it("refuses a level that is none and more discordant examples than there are", () => {
    expect(() => tangoInterval({ firstOnly: 1, secondOnly: 0 }, 3, 1)).toThrow("level 1 is not between 0 and 1");
    expect(() => tangoInterval({ firstOnly: 2, secondOnly: 2 }, 3, 0.9)).toThrow("2 and 2 discordant examples are not among 3");
  });
});

describe("scorePValue", () => {
  it("is statsmodels' uncorrected McNemar's, the level at which the interval ends at 0", () => {
    expect(largestError(cases.map((one) => [scorePValue(one), one.pValue]))).toBeLessThan(1e-12);
    const [low] = tangoInterval({ firstOnly: 12, secondOnly: 2 }, 211, 1 - scorePValue({ firstOnly: 12, secondOnly: 2 }));
    expect(low).toBeCloseTo(0, 9);
  });
});
