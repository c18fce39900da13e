import { describe, expect, it } from "vitest";
import { accuracyOver } from "@/lib/numbers/metrics/classification";
import { pearsonOver } from "@/lib/numbers/metrics/correlation";
import { metrics } from "@/lib/numbers/metrics/metric-names";
import { type SampleMetric, sampleMean } from "@/lib/numbers/metrics/sample-metric";
import { Random } from "@/lib/numbers/random";
import { compareOverSeeds } from "@/lib/numbers/statistics/over-seeds";
import { comparePaired } from "@/lib/numbers/statistics/paired-difference";
import { meanInterval } from "@/lib/numbers/statistics/student-t";
import { comparisonVerdict } from "@/lib/numbers/statistics/verdict";
import { simulatedRuns } from "@/scripts/simulations/seeds";

/**
 * Runs of one method: each has a skill of its own around the method's, and all see the same hard examples.
 *
 * @param seedSpread standard deviation of a run's skill; 0.05 moves the accuracy by about a point
 */
function runsOf(random: Random, seeds: number, hardness: readonly number[], seedSpread: number): SampleMetric[] {
  const labels = hardness.map(() => 1);
  return Array.from({ length: seeds }, () => {
    const skill = 0.9 + seedSpread * random.nextNormal();
    return accuracyOver(
      hardness.map((value) => (0.8 * value + 0.6 * random.nextNormal() < skill ? 1 : 0)),
      labels,
    );
  });
}

/** Of 100 comparisons of a method with itself, how many say "not distinguishable". */
function notDistinguishable(seeds: number, seedSpread: number): number {
  let count = 0;
  for (let simulation = 0; simulation < 100; simulation++) {
    const random = new Random(simulation);
    const hardness = Array.from({ length: 80 }, () => random.nextNormal());
    const [first, second] = [runsOf(random, seeds, hardness, seedSpread), runsOf(random, seeds, hardness, seedSpread)];
    const options = { resamples: 100, seed: simulation };
    const difference =
      seeds === 1
        ? comparePaired(first[0] as SampleMetric, second[0] as SampleMetric, 80, options)
        : compareOverSeeds(first, second, 80, options);
    const { kind } = comparisonVerdict({ metric: metrics.accuracy, first: "A", second: "B", difference, about: "methods" });
    if (kind === "notDistinguishable") count++;
  }
  return count;
}

describe("compareOverSeeds", () => {
  it("tells no seeds of one method apart in 90 of 100 comparisons and more, from one seed each on, whatever seeds matter", () => {
    const settings = [1, 3].flatMap((seeds) => [0, 0.1, 0.5].map((seedSpread) => [seeds, seedSpread] as const));
    for (const [seeds, seedSpread] of [...settings, [2, 0.1] as const, [5, 0.1] as const])
      expect(notDistinguishable(seeds, seedSpread), `${seeds} seeds, ${seedSpread}`).toBeGreaterThanOrEqual(90);
  });

  it("covers the true difference in 93 to 97 of 100 comparisons over three seeds", () => {
    let covered = 0;
    const simulations = 600;
    for (let simulation = 0; simulation < simulations; simulation++) {
      const { first, second } = simulatedRuns(new Random(simulation), 3, 61, { ofSeed: 0.3, ofBoth: 0.2 }, 0.4);
      const found = compareOverSeeds(first, second, 61, { resamples: 200, seed: simulation });
      if (found !== undefined && found.low <= 0.4 && 0.4 <= found.high) covered++;
    }
    expect((100 * covered) / simulations).toBeGreaterThanOrEqual(93);
    expect((100 * covered) / simulations).toBeLessThanOrEqual(97);
  });

  it("is the t interval over seeds where examples do not matter", () => {
    const shifts = [0.3, 0.1, 0.6, 0.2];
    const zero = new Array<number>(37).fill(0);
    const found = compareOverSeeds(
      shifts.map((shift) => sampleMean(zero.map(() => shift))),
      shifts.map(() => sampleMean(zero)),
      37,
      { resamples: 50 },
    );
    const t = meanInterval(shifts);
    expect(found?.difference).toBeCloseTo(t.mean, 12);
    expect((found?.high ?? 0) - t.mean).toBeCloseTo(t.halfWidth ?? 0, 10);
    expect(found?.pValue).toBeCloseTo(t.pValue ?? 0, 10);
    expect(found?.exampleError).toBeCloseTo(0, 12);
  });

  it("is the interval over examples where seeds do not matter", () => {
    const random = new Random(2);
    const values = Array.from({ length: 83 }, () => 0.2 + random.nextNormal());
    const zeros = sampleMean(values.map(() => 0));
    const found = compareOverSeeds([values, values, values].map(sampleMean), [zeros, zeros, zeros], 83, { resamples: 4000 });
    const t = meanInterval(values);
    expect(found?.seedError).toBe(0);
    expect((found?.high ?? 0) - (found?.low ?? 0)).toBeCloseTo(2 * (t.halfWidth ?? 0), 1);
  });

  it("gives exactly 0 within [0, 0] for runs against themselves", () => {
    const runs = [0, 1, 2].map((seed) => {
      const random = new Random(seed);
      return sampleMean(Array.from({ length: 31 }, () => random.nextNormal()));
    });
    expect(compareOverSeeds(runs, runs, 31, { resamples: 40 })).toMatchObject({
      difference: 0,
      low: 0,
      high: 0,
      pValue: 1,
      bySeed: [0, 0, 0],
    });
  });

  it("refuses one seed and unequal numbers, and has no interval where a metric is not defined", () => {
    const run = sampleMean([1, 2, 3]);
    const flat = pearsonOver([1, 1, 1], [1, 2, 3]);
    expect(() => compareOverSeeds([run], [run], 3)).toThrow("1 seed carries no spread");
    expect(() => compareOverSeeds([run, run], [run], 3)).toThrow("2 and 1 seeds do not pair");
    expect(compareOverSeeds([run, flat], [run, run], 3)).toBeUndefined();
  });
});
