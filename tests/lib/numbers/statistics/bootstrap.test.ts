import { describe, expect, it } from "vitest";
import { pearsonOver } from "@/lib/numbers/metrics/correlation";
import { differenceOf, type SampleMetric, sampleMean, sampleRatio } from "@/lib/numbers/metrics/sample-metric";
import { Random } from "@/lib/numbers/random";
import {
  bcaCorrection,
  bcaTails,
  bootstrapDistribution,
  drawCounts,
  expandedTails,
  intervalBetween,
  jackknifeOf,
  percentileTails,
} from "@/lib/numbers/statistics/bootstrap";
import { goldenStatistics, largestError } from "@/tests/support/golden-statistics";

type Case = {
  statistic: "mean" | "ratio" | "pearsonDifference";
  rows: number[][];
  distribution: number[];
  percentile: [number, number];
  bca: [number, number];
};
const cases = goldenStatistics<Case[]>("bootstrap");

function metricOf({ statistic, rows: [first = [], second = [], third = []] }: Case): SampleMetric {
  switch (statistic) {
    case "mean":
      return sampleMean(first);
    case "ratio":
      return sampleRatio(first, second);
    case "pearsonDifference":
      return differenceOf(pearsonOver(first, third), pearsonOver(second, third));
  }
}

describe("intervals of a bootstrap distribution", () => {
  it("are scipy.stats.bootstrap's of the same resamples, percentile and BCa", () => {
    for (const one of cases) {
      const sorted = Float64Array.from(one.distribution).sort();
      const metric = metricOf(one);
      const correction = bcaCorrection(sorted, metric(), jackknifeOf(metric, one.rows[0]?.length ?? 0));
      const percentile = intervalBetween(sorted, percentileTails(0.95));
      const bca = intervalBetween(sorted, bcaTails(correction, percentileTails(0.95)));
      expect(largestError([0, 1].map((end) => [percentile[end] as number, one.percentile[end] as number]))).toBeLessThan(1e-12);
      expect(largestError([0, 1].map((end) => [bca[end] as number, one.bca[end] as number]))).toBeLessThan(1e-9);
      expect(one.bca[0]).not.toBeCloseTo(one.percentile[0], 6);
    }
  });

  it("agree with scipy's where the resamples are our own, to what chance makes of them", () => {
    for (const one of cases) {
      const examples = one.rows[0]?.length ?? 0;
      const { sorted, undefinedResamples } = bootstrapDistribution(metricOf(one), examples, 4000, new Random(2));
      expect(undefinedResamples).toBe(0);
      const [low, high] = intervalBetween(sorted, percentileTails(0.95));
      const width = one.percentile[1] - one.percentile[0];
      // The ends of scipy's 399 resamples have a standard error of about 7 % of the width.
      expect(Math.abs(low - one.percentile[0]) / width).toBeLessThan(0.2);
      expect(Math.abs(high - one.percentile[1]) / width).toBeLessThan(0.2);
    }
  });

  it("count a resample that equals the estimate as half below it", () => {
    expect(bcaCorrection(Float64Array.of(0, 0, 1, 1), 0, [0, 0]).bias).toBeCloseTo(-0.6744898, 6);
  });

  it("reach further out by Student's t for few examples, and not for many", () => {
    const [low, high] = expandedTails(0.95, 11);
    // Φ(−√(11 / 10) · 2.228139), t with 10 degrees of freedom
    expect(low).toBeCloseTo(0.0097224069, 9);
    expect(high).toBeCloseTo(1 - low, 14);
    expect(expandedTails(0.95, 100_000)[0]).toBeCloseTo(0.025, 5);
  });
});

describe("resamples", () => {
  it("draw each example once on average and as many as there are, with the variance of drawing with replacement", () => {
    const random = new Random(6);
    const counts = new Int32Array(17);
    const [sums, squares] = [new Float64Array(17), new Float64Array(17)];
    for (let resample = 0; resample < 4000; resample++) {
      drawCounts(counts, random);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(17);
      counts.forEach((count, i) => {
        sums[i] = (sums[i] as number) + count;
        squares[i] = (squares[i] as number) + (count - 1) ** 2;
      });
    }
    for (const sum of sums) expect(Math.abs(sum / 4000 - 1)).toBeLessThan(0.07);
    expect(squares.reduce((sum, square) => sum + square, 0) / 17 / 4000).toBeCloseTo(16 / 17, 1);
  });

  it("leave out, and count, those of which the metric is not defined", () => {
    const { sorted, undefinedResamples } = bootstrapDistribution(pearsonOver([1, 2, 3], [2, 1, 5]), 3, 900, new Random(0));
    // One example three times: 3 of 27 draws.
    expect(undefinedResamples / 900).toBeCloseTo(1 / 9, 1);
    expect(sorted.length).toBe(900 - undefinedResamples);
    expect(() => bootstrapDistribution(sampleMean([1]), 0, 5, new Random(0))).toThrow("examples 0 is not");
    expect(() => bootstrapDistribution(sampleMean([1]), 1, 0.5, new Random(0))).toThrow("resamples 0.5 is not");
  });

  it("leave one example out at a time, or one of several interleaved groups where there are many", () => {
    expect([...jackknifeOf(sampleMean([1, 2, 6]), 3)]).toEqual([4, 3.5, 1.5]);
    expect([...jackknifeOf(sampleMean([1, 2, 6, 3]), 4, 2)]).toEqual([2.5, 3.5]);
  });
});
