import { describe, expect, it } from "vitest";
import { accuracyOver, f1Over, matthewsOver } from "@/lib/numbers/metrics/classification";
import { pearsonOver, spearmanOver } from "@/lib/numbers/metrics/correlation";
import { type SampleMetric, sampleMean, sampleRatio } from "@/lib/numbers/metrics/sample-metric";
import { Random } from "@/lib/numbers/random";
import { comparePaired, type IntervalMethod } from "@/lib/numbers/statistics/paired-difference";
import { meanInterval } from "@/lib/numbers/statistics/student-t";

/** Two classifiers of the same examples: what is hard for one is hard for the other, up to a part of their own. */
function classifiers(random: Random, examples: number, skills: readonly [number, number]) {
  const labels = Array.from({ length: examples }, () => (random.next() < 0.4 ? 1 : 0));
  const hardness = labels.map(() => random.nextNormal());
  const predictedBy = (skill: number) =>
    labels.map((label, i) => (0.8 * (hardness[i] as number) + 0.6 * random.nextNormal() < skill ? label : 1 - label));
  return { labels, first: predictedBy(skills[0]), second: predictedBy(skills[1]) };
}

/** Share of simulations, in per cent, whose interval holds the true difference. */
function coverage(
  simulations: number,
  examples: number,
  truth: number,
  draw: (random: Random) => readonly [SampleMetric, SampleMetric],
): number {
  let covered = 0;
  for (let simulation = 0; simulation < simulations; simulation++) {
    const [first, second] = draw(new Random(1000 + simulation));
    const found = comparePaired(first, second, examples, { resamples: 200, seed: simulation });
    if (found !== undefined && found.low <= truth && truth <= found.high) covered++;
  }
  return (100 * covered) / simulations;
}

describe("comparePaired", () => {
  it("covers the true difference of means in 93 to 97 of 100 simulated comparisons", () => {
    const covered = coverage(1000, 60, 0.3, (random) => {
      const shared = Array.from({ length: 60 }, () => 2 * random.nextNormal());
      const run = (shift: number) => sampleMean(shared.map((value) => value + shift + random.nextNormal()));
      return [run(0.3), run(0)];
    });
    expect(covered).toBeGreaterThanOrEqual(93);
    expect(covered).toBeLessThanOrEqual(97);
  });

  it("covers the true difference of accuracies in 93 to 97 of 100 simulated comparisons", () => {
    // Φ(0.9) − Φ(0.6), for hardness and own part have variance 1 together.
    const covered = coverage(800, 120, 0.8159399 - 0.7257469, (random) => {
      const { labels, first, second } = classifiers(random, 120, [0.9, 0.6]);
      return [accuracyOver(first, labels), accuracyOver(second, labels)];
    });
    expect(covered).toBeGreaterThanOrEqual(93);
    expect(covered).toBeLessThanOrEqual(97);
  });

  it("holds no difference of F1, Matthews and token-weighted losses where there is none, in 93 to 97 of 100", () => {
    const equal: [string, (random: Random) => readonly [SampleMetric, SampleMetric]][] = [
      ["F1", (random) => bothOf(f1Over, classifiers(random, 120, [0.8, 0.8]))],
      ["Matthews", (random) => bothOf(matthewsOver, classifiers(random, 120, [0.8, 0.8]))],
      [
        "loss",
        (random) => {
          const tokens = Array.from({ length: 120 }, () => 1 + random.nextBelow(40));
          const hardness = tokens.map(() => 1 + random.next());
          const run = () =>
            sampleRatio(
              tokens.map((count, i) => count * (hardness[i] as number) * (1 + 0.2 * random.nextNormal())),
              tokens,
            );
          return [run(), run()];
        },
      ],
    ];
    for (const [name, draw] of equal) {
      const covered = coverage(400, 120, 0, draw);
      expect(covered, name).toBeGreaterThanOrEqual(93);
      expect(covered, name).toBeLessThanOrEqual(97);
    }
  });

  it("is exactly 0 within [0, 0] for a run against itself, by every metric and method", () => {
    const { labels, first } = classifiers(new Random(4), 41, [0.7, 0.7]);
    const scores = first.map((value, i) => value + 0.1 * i);
    for (const metric of [
      accuracyOver(first, labels),
      f1Over(first, labels),
      matthewsOver(first, labels),
      pearsonOver(scores, labels),
      spearmanOver(scores, labels),
      sampleMean(scores),
    ])
      for (const method of ["expanded", "percentile", "bca"] satisfies IntervalMethod[])
        expect(comparePaired(metric, metric, 41, { resamples: 50, method })).toMatchObject({ difference: 0, low: 0, high: 0, pValue: 1 });
  });

  it("turns its sign with the order of the runs and repeats itself for a seed", () => {
    const random = new Random(5);
    const [a, b] = [0.1, 0].map((shift) => sampleMean(Array.from({ length: 97 }, () => shift + random.nextNormal()))) as [
      SampleMetric,
      SampleMetric,
    ];
    const forth = comparePaired(a, b, 97, { seed: 3 });
    const back = comparePaired(b, a, 97, { seed: 3 });
    expect(forth?.difference).toBe(-(back?.difference ?? 0));
    expect(forth?.low).toBeCloseTo(-(back?.high ?? 0), 12);
    expect(forth?.pValue).toBeCloseTo(back?.pValue ?? 0, 12);
    expect(comparePaired(a, b, 97, { seed: 3 })).toEqual(forth);
    expect(comparePaired(a, b, 97, { seed: 4 })).not.toEqual(forth);
  });

  it("has the interval and p of the paired t test for means of few normal values", () => {
    const random = new Random(8);
    const differences = Array.from({ length: 31 }, () => 0.35 + random.nextNormal());
    const t = meanInterval(differences);
    const found = comparePaired(sampleMean(differences), sampleMean(differences.map(() => 0)), 31, { resamples: 20_000 });
    expect(((found?.high ?? 0) - (found?.low ?? 0)) / 2).toBeCloseTo(t.halfWidth ?? 0, 1);
    expect(found?.pValue).toBeCloseTo(t.pValue ?? 0, 1);
    expect(t.pValue).toBeLessThan(0.5);
  });

  it("takes percentiles instead of BCa where all resamples lie on one side of the estimate", () => {
    const inner = sampleMean([1, 2, 6, 4, 3]);
    const beyond: SampleMetric = (counts) => (counts === undefined ? 9 : inner(counts));
    const zero = sampleMean([0, 0, 0, 0, 0]);
    const [bca, percentile] = (["bca", "percentile"] as const).map((method) => comparePaired(beyond, zero, 5, { method }));
    expect(bca).toEqual(percentile);
    expect(bca?.high).toBeLessThan(9);
  });

  it("widens with the level asked", () => {
    const { labels, first, second } = classifiers(new Random(5), 97, [1.2, 0.4]);
    const [a, b] = bothOf(accuracyOver, { labels, first, second });
    const [narrow, wide] = [0.8, 0.99].map((level) => comparePaired(a, b, 97, { level }));
    expect(wide?.low).toBeLessThan(narrow?.low ?? 0);
    expect(wide?.high).toBeGreaterThan(narrow?.high ?? 0);
  });

  it("has no interval under two examples, or where a metric is not defined on the data or on many resamples", () => {
    expect(comparePaired(sampleMean([1]), sampleMean([2]), 1)).toBeUndefined();
    expect(comparePaired(pearsonOver([1, 1, 1], [1, 2, 3]), pearsonOver([1, 2, 3], [1, 2, 3]), 3)).toBeUndefined();
    // Two distinct scores among three examples: every fourth resample and more has only one of them.
    expect(comparePaired(pearsonOver([1, 1, 2], [1, 2, 3]), pearsonOver([1, 2, 2], [1, 2, 3]), 3)).toBeUndefined();
    expect(() => comparePaired(sampleMean([1, 2]), sampleMean([2, 1]), 2, { level: 95 })).toThrow("level 95");
  });
});

function bothOf(
  over: (predicted: readonly number[], labels: readonly number[]) => SampleMetric,
  { labels, first, second }: { labels: number[]; first: number[]; second: number[] },
): readonly [SampleMetric, SampleMetric] {
  return [over(first, labels), over(second, labels)];
}
