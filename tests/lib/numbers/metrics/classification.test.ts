import { describe, expect, it } from "vitest";
import { accuracyOver, f1Over, macroF1Over, matthewsOver } from "@/lib/numbers/metrics/classification";
import { Random } from "@/lib/numbers/random";
import { drawCounts } from "@/lib/numbers/statistics/bootstrap";
import { goldenStatistics, largestError } from "@/tests/support/golden-statistics";

type Case = { labels: string; predicted: string; accuracy: number; macroF1: number; matthews: number; f1?: number };
const cases = goldenStatistics<Case[]>("classification").map((one) => ({
  ...one,
  labels: [...one.labels].map(Number),
  predicted: [...one.predicted].map(Number),
}));

describe("metrics of classes", () => {
  it("are scikit-learn's, also where one class is all there is", () => {
    expect(cases.length).toBe(200);
    for (const [metric, name] of [
      [accuracyOver, "accuracy"],
      [macroF1Over, "macroF1"],
      [matthewsOver, "matthews"],
    ] as const)
      expect(largestError(cases.map((one) => [metric(one.predicted, one.labels)(), one[name]])), name).toBeLessThan(1e-12);
    const binary = cases.filter((one) => one.f1 !== undefined);
    expect(binary.length).toBeGreaterThan(70);
    expect(largestError(binary.map((one) => [f1Over(one.predicted, one.labels)(), one.f1 ?? null]))).toBeLessThan(1e-12);
  });

  it("are 0 where scikit-learn calls them undefined", () => {
    expect(f1Over([0, 0], [0, 0])()).toBe(0);
    expect(matthewsOver([1, 1], [1, 0])()).toBe(0);
    expect(matthewsOver([1, 1], [1, 1])()).toBe(0);
  });

  it("count a resample as the list that it stands for", () => {
    const random = new Random(3);
    for (const { predicted, labels } of cases.slice(0, 60)) {
      const counts = drawCounts(new Int32Array(labels.length), random);
      const repeat = (list: number[]) => list.flatMap((value, i) => Array.from({ length: counts[i] ?? 0 }, () => value));
      const metrics = [accuracyOver, macroF1Over, matthewsOver, ...(Math.max(...predicted, ...labels) < 2 ? [f1Over] : [])];
      for (const over of metrics) expect(over(predicted, labels)(counts)).toBeCloseTo(over(repeat(predicted), repeat(labels))(), 12);
    }
  });

  it("refuse lists that are no classes of the same examples", () => {
    expect(() => accuracyOver([], [])).toThrow("no examples");
    expect(() => accuracyOver([1], [1, 0])).toThrow("1 and 2 examples do not pair");
    expect(() => accuracyOver([0, 0.5], [0, 1])).toThrow("the predicted class of example 1 is 0.5");
    expect(() => accuracyOver([0, 1], [-1, 1])).toThrow("the label of example 0 is -1");
    expect(() => f1Over([0, 2], [0, 1])).toThrow("class 2 of example 1 is not 0 or 1");
  });
});
