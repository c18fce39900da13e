import { describe, expect, it } from "vitest";
import { metrics } from "@/lib/numbers/metrics/metric-names";
import type { SeedsDifference } from "@/lib/numbers/statistics/over-seeds";
import type { PairedDifference } from "@/lib/numbers/statistics/paired-difference";
import { type Comparison, comparisonVerdict } from "@/lib/numbers/statistics/verdict";

function pairedDifference(difference: number, low: number, high: number, examples = 1234): PairedDifference {
  return { first: 0.5 + difference, second: 0.5, difference, low, high, level: 0.95, pValue: 0.5, examples, resamples: 2000, skewness: 0 };
}

function seedsDifference(difference: number, low: number, high: number): SeedsDifference {
  const bySeed = [difference, difference, difference];
  return { ...pairedDifference(difference, low, high), bySeed, seedError: 0, exampleError: 0.001, seeds: 3 };
}

function verdictOf(difference: Comparison["difference"], more: Partial<Comparison> = {}) {
  const { kind, text } = comparisonVerdict({ metric: metrics.accuracy, first: "STAN", second: "LoRA", about: "runs", difference, ...more });
  return [kind, text.replaceAll("\u00a0", " ").replaceAll("\u2212", "-")];
}

describe("comparisonVerdict", () => {
  it("says better or worse when the whole interval is on one side, and what that reaches", () => {
    expect(verdictOf(pairedDifference(0.021, 0.0083, 0.0337))).toEqual([
      "better",
      "STAN is better than LoRA: accuracy is higher by 2.1 percentage points (95 % interval 0.8 to 3.4, 1 234 examples). Holds on similar data; other seeds may differ.",
    ]);
    expect(verdictOf(seedsDifference(-0.0213, -0.0337, -0.0083), { about: "methods" })).toEqual([
      "worse",
      "LoRA is better than STAN: accuracy is higher by 2.1 percentage points (95 % interval 0.8 to 3.4, 3 seeds, 1 234 examples). Holds for other seeds and similar data.",
    ]);
    const [, ofNumbers] = verdictOf({ ...seedsDifference(-0.0213, -0.0337, -0.0083), exampleError: 0 });
    expect(ofNumbers).toMatch(/Holds for other seeds on these examples; other examples may differ\.$/);
  });

  it("turns where less is better", () => {
    for (const metric of [metrics.loss, metrics.perplexity]) {
      expect(verdictOf(pairedDifference(-0.02, -0.03, -0.01), { metric })[0]).toBe("better");
      expect(verdictOf(pairedDifference(0.02, 0.01, 0.03), { metric })[0]).toBe("worse");
    }
    expect(verdictOf(pairedDifference(-0.0213, -0.0337, -0.0083), { metric: metrics.loss })[1]).toContain(
      "STAN is better than LoRA: loss is lower by 0.021 nats (95 % interval 0.008 to 0.034,",
    );
  });

  it("finds no difference when 0 lies within the interval or at its end, and claims no equality", () => {
    expect(verdictOf(pairedDifference(0.004, -0.0112, 0.0189))).toEqual([
      "notDistinguishable",
      "STAN and LoRA are not distinguishable: accuracy differs by +0.4 percentage points (-1.1 to +1.9), 95 % interval, 1 234 examples. This is not evidence that they are equal.",
    ]);
    expect(verdictOf(pairedDifference(0.01, 0, 0.02))[0]).toBe("notDistinguishable");
    expect(verdictOf(pairedDifference(-0.01, -0.02, 0))[0]).toBe("notDistinguishable");
  });

  it("asks the p value too, where one is given", () => {
    const difference = pairedDifference(0.021, 0.0083, 0.0337);
    expect(verdictOf(difference, { pValue: 0.049 })[0]).toBe("better");
    expect(verdictOf(difference, { pValue: 0.0625 })).toEqual([
      "notDistinguishable",
      "STAN and LoRA are not distinguishable: accuracy differs by +2.1 percentage points (+0.8 to +3.4), 95 % interval, 1 234 examples, but the test's p is 0.063.",
    ]);
    expect(verdictOf(pairedDifference(0.01, -0.01, 0.03), { pValue: 0.001 })[0]).toBe("notDistinguishable");
    expect(verdictOf(difference, { pValue: 0.12, correctedFor: 6 })[1]).toMatch(
      /, but corrected for 6 comparisons \(Holm\) p is 0\.120\.$/,
    );
  });

  it("calls equivalent only what lies within a stated margin as a whole", () => {
    const small = pairedDifference(0.002, -0.004, 0.008);
    expect(verdictOf(small)[0]).toBe("notDistinguishable");
    expect(verdictOf(small, { margin: 0.01 })).toEqual([
      "equivalent",
      "STAN and LoRA are equivalent within 1.0 percentage points: accuracy differs by +0.20 percentage points (-0.40 to +0.80), 95 % interval, 1 234 examples. Holds on similar data; other seeds may differ.",
    ]);
    expect(verdictOf(small, { margin: 0.008 })[0]).toBe("notDistinguishable");
    expect(verdictOf(pairedDifference(0.005, 0.002, 0.008), { margin: 0.01 })[0]).toBe("equivalent");
    expect(verdictOf(pairedDifference(0.01, 0.002, 0.018), { margin: 0.01 })[0]).toBe("better");
    expect(() => verdictOf(small, { margin: 0 })).toThrow("margin 0 is not above 0");
  });

  it("never tells methods apart, nor calls them equivalent, by one seed each", () => {
    const clear = pairedDifference(0.021, 0.0083, 0.0337);
    expect(verdictOf(clear, { about: "methods" })).toEqual([
      "notDistinguishable",
      "STAN and LoRA are not distinguishable: with one seed each, a difference of the runs (accuracy differs by +2.1 percentage points (+0.8 to +3.4), 95 % interval, 1 234 examples) cannot be told from one of the seeds.",
    ]);
    expect(verdictOf(pairedDifference(0, -0.001, 0.001), { about: "methods", margin: 0.1 })[0]).toBe("notDistinguishable");
  });

  it("says of runs that agree everywhere just that, even where a margin is stated", () => {
    expect(verdictOf(pairedDifference(0, 0, 0), { margin: 0.01 })).toEqual([
      "notDistinguishable",
      "STAN and LoRA are not distinguishable: accuracy is the same on all 1 234 examples.",
    ]);
  });

  it("says what is left open where both are right and wrong on the same examples, or calls them equivalent where a margin is wider", () => {
    const alike = { ...pairedDifference(0, -0.0031, 0.0031), discordant: 0 };
    expect(verdictOf(alike)).toEqual([
      "notDistinguishable",
      "STAN and LoRA are not distinguishable: they are right and wrong on the same of 1 234 examples, which leaves 0.31 percentage points either way open.",
    ]);
    expect(verdictOf(alike, { margin: 0.01 })[0]).toBe("equivalent");
  });

  it("warns where a few examples carry the difference, and where two seeds are all there are", () => {
    const caution =
      /A few examples carry much of this difference, so that the interval may hold the true one less often than 95 % of the time\.$/;
    for (const difference of [pairedDifference(0.02, 0.01, 0.03), pairedDifference(0.02, -0.01, 0.03)]) {
      expect(verdictOf({ ...difference, skewness: -0.31 })[1]).toMatch(caution);
      expect(verdictOf({ ...difference, skewness: 0.29 })[1]).not.toMatch(caution);
    }
    expect(verdictOf({ ...seedsDifference(0.02, 0.01, 0.03), skewness: 0.4 })[1]).toMatch(caution);
    expect(verdictOf({ ...seedsDifference(0.02, 0.01, 0.03), seeds: 2 })[1]).toMatch(
      /Two seeds tell little of how seeds differ, which makes the interval wide\.$/,
    );
    expect(verdictOf(seedsDifference(0.02, 0.01, 0.03))[1]).not.toMatch(/Two seeds/);
  });

  it("gives the reason where no comparison is possible", () => {
    expect(verdictOf(pairedDifference(0.5, 0.4, 0.6), { obstacle: "they were evaluated on different splits" })).toEqual([
      "notComparable",
      "STAN and LoRA cannot be compared: they were evaluated on different splits.",
    ]);
    expect(verdictOf(undefined)).toEqual(["notComparable", "STAN and LoRA cannot be compared: accuracy is not defined on these examples."]);
    expect(verdictOf(pairedDifference(0.5, 0.4, 0.6, 29))).toEqual([
      "notComparable",
      "STAN and LoRA cannot be compared: 29 examples are too few for an interval, which takes 30.",
    ]);
    expect(verdictOf(pairedDifference(0.5, 0.4, 0.6, 30))[0]).toBe("better");
  });
});
