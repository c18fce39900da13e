import { describe, expect, it } from "vitest";
import { classNumbers, type Items, rightOf, sampleOf } from "@/lib/numbers/metrics/item-metrics";
import { goldenStatistics, largestError } from "@/tests/support/golden-statistics";

type ClassCase = { labels: string; predicted: string; accuracy: number; macroF1: number; matthews: number; f1?: number };
const cases = goldenStatistics<ClassCase[]>("classification").map((one) => ({
  ...one,
  labels: [...one.labels],
  predicted: [...one.predicted],
}));

/** Items whose classes are those of the labels alone, in order; every third row was not measured. */
function itemsOf(labels: readonly string[], predicted: readonly string[]): { items: Items; places: number[]; classes: string[] } {
  const places = labels.map((_, at) => at + Math.floor(at / 2));
  const size = (places.at(-1) ?? 0) + 1;
  const spread = <Value>(values: readonly Value[], rest: Value) =>
    Array.from({ length: size }, (_, place) => values[places.indexOf(place)] ?? rest);
  const classes = [...new Set(labels)].sort();
  const right = labels.map((label, at) => (label === predicted[at] ? 1 : 0));
  return {
    classes,
    places,
    items: {
      lossSums: new Float64Array(size),
      labelTokens: spread(
        labels.map(() => 1),
        0,
      ),
      right: spread<number>(right, 0),
      rightPerByte: null,
      targets: classNumbers(classes, spread<string | null>(labels, null)),
      predictions: classNumbers(classes, spread<string | null>(predicted, null)),
    },
  };
}

describe("metrics of items", () => {
  it("are scikit-learn's over the rows that were measured, also where a run answers with classes that no row has", () => {
    const measured = cases.map(({ labels, predicted }) => itemsOf(labels, predicted));
    expect(measured.filter(({ classes }, at) => cases[at]?.predicted.some((one) => !classes.includes(one))).length).toBeGreaterThan(10);
    for (const name of ["accuracy", "macroF1", "matthews"] as const) {
      const pairs = measured.map(({ items, places }, at) => [sampleOf(name, items, places)(), cases[at]?.[name] ?? null] as const);
      expect(largestError(pairs), name).toBeLessThan(1e-12);
    }
    const binary = cases.flatMap(({ labels, predicted, f1 }) => {
      const { items, places, classes } = itemsOf(labels, predicted);
      return f1 === undefined || classes.join() !== "0,1" ? [] : [[sampleOf("f1", items, places)(), f1] as const];
    });
    expect(binary.length).toBeGreaterThan(50);
    expect(largestError(binary)).toBeLessThan(1e-12);
  });

  it("take any other class than class 1 for wrong in F1, and all of its rows that are missed", () => {
    const { items, places } = itemsOf(["1", "1", "0", "1", "0"], ["1", "7", "7", "0", "1"]);
    // One of three is found, and one of two is rightly named.
    expect(sampleOf("f1", items, places)()).toBeCloseTo((2 * 1) / (2 + 3), 12);
    expect(() => sampleOf("matthews", { ...items, predictions: null }, places)).toThrow(
      "Matthews correlation of items that are answered with neither",
    );
    expect(() => sampleOf("accuracy", { ...items, right: null }, places)).toThrow("accuracy of items that are neither right nor wrong");
  });

  it("are scipy's correlations of numbers, and the mean of squared errors", () => {
    type Pair = { x: number[]; y: number[]; pearson: number | null; spearman: number | null };
    const pairs = goldenStatistics<Pair[]>("correlation");
    const of = (name: "pearson" | "spearman") =>
      pairs.map(({ x, y, ...expected }) => {
        const items = { lossSums: x, labelTokens: x.map(() => 1), right: null, rightPerByte: null, predictions: x, targets: y };
        return [sampleOf(name, items, [...x.keys()])(), expected[name]] as const;
      });
    expect(pairs.length).toBeGreaterThan(50);
    for (const name of ["pearson", "spearman"] as const) expect(largestError(of(name)), name).toBeLessThan(1e-7);
    const squared = { lossSums: [4, 9, 100], labelTokens: [1, 1, 0], right: null, rightPerByte: null, predictions: null, targets: null };
    expect(sampleOf("meanSquaredError", squared, [0, 1])()).toBe(6.5);
  });

  it("know right and wrong of shares alone", () => {
    const { items, places } = itemsOf(["1", "0"], ["1", "1"]);
    expect(rightOf("accuracy", items, places)).toEqual([1, 0]);
    for (const name of ["f1", "matthews", "loss", "pearson"] as const) expect(rightOf(name, items, places)).toBeNull();
  });
});

describe("classNumbers", () => {
  it("counts a benchmark's classes by their place and others after them, as they come", () => {
    expect([...classNumbers(["b", "a"], ["a", "z", null, "b", "y", "z"])]).toEqual([1, 2, Number.NaN, 0, 3, 2]);
  });
});
