import { describe, expect, it } from "vitest";
import { classification } from "@/server/engine/tasks/classification/classification";
import { regression } from "@/server/engine/tasks/regression/regression";

describe("metrics of answers", () => {
  it("come with those of the most common class of the training rows", () => {
    // Largest scores: 1, 0, 1, 1, 0.
    const scores = Float32Array.from([0, 1, 2, 1, 0, 3, -1, 0, 0, -1]);
    const metrics = classification.metrics(scores, [1, 0, 0, 1, 1], { trainRows: [2, 7] });
    expect(metrics.map(({ name }) => name)).toEqual(["accuracy", "f1", "matthews"]);
    const [accuracy, f1, matthews] = metrics;
    expect(accuracy?.value).toBeCloseTo(3 / 5, 9);
    expect(accuracy?.constant).toBeCloseTo(3 / 5, 9);
    expect(f1?.value).toBeCloseTo((2 * 2) / 6, 9);
    expect(f1?.constant).toBeCloseTo((2 * 3) / 8, 9);
    expect(matthews?.constant).toBe(0);
    expect(accuracy).toMatchObject({ low: null, high: null });
  });

  it("are macro F1 where there are more than two classes", () => {
    const scores = Float32Array.from([3, 0, 0, 0, 3, 0, 0, 0, 3]);
    const metrics = classification.metrics(scores, [0, 1, 2], { trainRows: [1, 5, 2] });
    expect(metrics.map(({ name, value, constant }) => [name, value, constant])).toEqual([
      ["accuracy", 1, 1 / 3],
      ["macroF1", 1, 0.5 / 3],
      ["matthews", 1, 0],
    ]);
  });

  it("are correlations of numbers, for which a constant has none", () => {
    const metrics = regression.metrics(Float32Array.from([1, 2, 3, 5]), [2, 4, 6, 10], { mean: 4 });
    expect(metrics.map(({ name, constant }) => [name, constant])).toEqual([
      ["pearson", null],
      ["spearman", null],
    ]);
    expect(metrics[0]?.value).toBeCloseTo(1, 9);
    const same = regression.metrics(Float32Array.from([1, 1, 1]), [2, 4, 6], { mean: 4 });
    expect(same[0]).toEqual({ name: "pearson", value: null, low: null, high: null, constant: null });
  });

  it("have beside their loss that of the classes' shares, or of the mean", () => {
    expect([...classification.constantLosses([0, 1, 1], { trainRows: [1, 3] })]).toEqual([
      -Math.log(1 / 4),
      -Math.log(3 / 4),
      -Math.log(3 / 4),
    ]);
    expect([...regression.constantLosses([2, 5], { mean: 4 })]).toEqual([4, 1]);
  });
});
