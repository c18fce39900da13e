import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Matrix } from "@/lib/numbers/matrix";
import { fitLogistic, logOddsOf } from "@/lib/numbers/statistics/logistic-regression";

type Probe = { weights: number[]; intercept: number; probabilities: number[] };
type GoldenCase = {
  kind: string;
  c: number;
  features: number[][];
  labels: boolean[];
  asSaeBench: Pick<Probe, "probabilities">;
  toTheEnd: Probe;
};
const golden: GoldenCase[] = JSON.parse(readFileSync("tests/golden/probing/logistic.json", "utf8"));

const matrixOf = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  columns: rows[0]?.length ?? 0,
  values: Float64Array.from(rows.flat()),
});

function farthest(a: ArrayLike<number>, b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return b.reduce((most, value, place) => Math.max(most, Math.abs(value - (a[place] ?? Number.NaN))), 0);
}

describe("Logistic regression", () => {
  it.each(golden.map((one) => [one.kind, one.features.length, one.features[0]?.length ?? 0, one.c, one] as const))(
    "of %s features, %i rows × %i, C = %d, equals scikit-learn's",
    (_kind, _rows, _columns, c, { features, labels, asSaeBench, toTheEnd }) => {
      const x = matrixOf(features);
      const fit = fitLogistic(x, labels, c);
      const probabilities = logOddsOf(fit, x).map((logOdds) => 1 / (1 + Math.exp(-logOdds)));
      expect(farthest([...fit.weights, fit.intercept], [...toTheEnd.weights, toTheEnd.intercept])).toBeLessThan(1e-5);
      expect(farthest(probabilities, toTheEnd.probabilities)).toBeLessThan(1e-6);
      // At its default tolerance lbfgs itself stops up to this far before the minimum.
      expect(farthest(probabilities, asSaeBench.probabilities)).toBeLessThan(2e-3);
    },
  );

  it("leaves only the intercept where nothing tells the rows apart", () => {
    const fit = fitLogistic(matrixOf([[0], [0], [0], [0]]), [true, true, true, false]);
    expect([...fit.weights]).toEqual([0]);
    expect(fit.intercept).toBeCloseTo(Math.log(3), 9);
  });

  it("needs positives, negatives and finite numbers", () => {
    expect(() => fitLogistic(matrixOf([[1], [2]]), [true, true])).toThrow("there are 2 and 0");
    expect(() => fitLogistic(matrixOf([[1], [Number.NaN]]), [true, false])).toThrow("must be finite");
  });
});
