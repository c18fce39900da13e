import { expect, test } from "vitest";
import { relu, reluGrad } from "@/server/engine/tensor/activations";
import { fromValues } from "@/server/engine/tensor/create";
import { gelu, geluGrad } from "@/server/engine/tensor/gelu";
import { describeEachEngine, randomValues, valuesOf, worstDifference } from "./engines";

/** x, x·Φ(x) and its slope, from the C library's erfc. */
const KNOWN = [
  [-6, -5.919525870226207e-9, -3.5468709453902015e-8],
  [-3, -0.004049694094890287, -0.011945647204183927],
  [-1, -0.15865525393145707, -0.08331547058768629],
  [-0.25, -0.10032341857926907, 0.30462664511636395],
  [0, 0.0, 0.5],
  [0.5, 0.34573123063700656, 0.8674951246561629],
  [2, 1.9544997361036416, 1.085231801078197],
  [5, 4.99999856674214, 1.0000071469460017],
] as const;

describeEachEngine("gelu", () => {
  const column = (i: 0 | 1 | 2) => Float32Array.from(KNOWN, (row) => row[i]);
  const x = () => fromValues(column(0), [2, 4]);

  test("is x times the normal distribution function, and its gradient the slope of that", () => {
    expect(
      worstDifference(
        valuesOf(() => gelu(x())),
        column(1),
      ),
    ).toBeLessThan(2e-7);
    const ones = new Float32Array(8).fill(1);
    expect(
      worstDifference(
        valuesOf(() => geluGrad(x(), fromValues(ones, [2, 4]))),
        column(2),
      ),
    ).toBeLessThan(3e-7);
  });

  test("has the gradient that differences have", () => {
    const at = randomValues(35, 3);
    const dy = randomValues(35, 4);
    const step = 2e-2;
    const moved = (by: number) =>
      valuesOf(() =>
        gelu(
          fromValues(
            at.map((value) => value + by),
            [5, 7],
          ),
        ),
      );
    const [above, below] = [moved(step), moved(-step)];
    const slopes = above.map((value, i) => ((value - (below[i] ?? 0)) / (2 * step)) * (dy[i] ?? 0));
    expect(
      worstDifference(
        valuesOf(() => geluGrad(fromValues(at, [5, 7]), fromValues(dy, [5, 7]))),
        slopes,
      ),
    ).toBeLessThan(2e-4);
  });

  test("takes the bias of what it reads, and refuses one of another width", () => {
    const at = randomValues(35, 5);
    const bias = randomValues(7, 6);
    const dy = randomValues(35, 7);
    const summed = at.map((value, i) => value + (bias[i % 7] ?? 0));
    const pairs = [
      [valuesOf(() => gelu(fromValues(at, [5, 7]), fromValues(bias, [7]))), valuesOf(() => gelu(fromValues(summed, [5, 7])))],
      [
        valuesOf(() => geluGrad(fromValues(at, [5, 7]), fromValues(dy, [5, 7]), fromValues(bias, [7]))),
        valuesOf(() => geluGrad(fromValues(summed, [5, 7]), fromValues(dy, [5, 7]))),
      ],
    ] as const;
    for (const [got, want] of pairs) expect(worstDifference(got, want)).toBeLessThan(2e-7);
    expect(() => valuesOf(() => gelu(fromValues(at, [5, 7]), fromValues(bias.subarray(1), [6])))).toThrow(RangeError);
  });

  test("large inputs saturate, and NaN passes through", () => {
    const extremes = Float32Array.of(-1000, -40, 40, 1000, Number.NaN);
    const got = valuesOf(() => gelu(fromValues(extremes, [5])));
    expect(worstDifference(got.slice(0, 4), [0, 0, 40, 1000])).toBe(0);
    expect(got[4]).toBeNaN();
    const slopes = valuesOf(() => geluGrad(fromValues(extremes, [5]), fromValues(new Float32Array(5).fill(3), [5])));
    expect(worstDifference(slopes.slice(0, 4), [0, 0, 3, 3])).toBe(0);
  });
});

describeEachEngine("relu", () => {
  test("cuts below zero, and lets the gradient through above it", () => {
    const x = Float32Array.of(-2, -0.5, 0, 0.5, 3);
    expect(valuesOf(() => relu(fromValues(x, [5])))).toEqual([0, 0, 0, 0.5, 3]);
    expect(valuesOf(() => reluGrad(fromValues(x, [5]), fromValues(Float32Array.of(7, 7, 7, 7, 11), [5])))).toEqual([0, 0, 0, 7, 11]);
  });
});
