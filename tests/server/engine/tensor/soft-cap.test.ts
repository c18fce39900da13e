import { expect, test } from "vitest";
import { fromValues } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import { softCap, softCapGrad } from "@/server/engine/tensor/soft-cap";
import { describeEachEngine, numericGradient, randomTensor, randomValues, valuesOf, worstDifference } from "./engines";
import * as reference from "./reference";

const CLOSE = 2e-6;

describeEachEngine("a soft cap", (engine) => {
  const [rows, columns, cap] = [3, 7, 0.8];
  const x = randomValues(rows * columns, 1);
  const dy = randomValues(rows * columns, 2);
  const tensor = (values: Float32Array) => fromValues(values, [rows, columns]);

  test("is cap · tanh(x / cap), with its gradient", () => {
    expect(
      worstDifference(
        valuesOf(() => softCap(tensor(x), cap)),
        reference.softCap(x, cap),
      ),
    ).toBeLessThan(CLOSE);
    const want = numericGradient((values) => reference.softCap(values, cap), x, dy);
    expect(
      worstDifference(
        valuesOf(() => softCapGrad(softCap(tensor(x), cap), cap, tensor(dy))),
        want,
      ),
    ).toBeLessThan(CLOSE);
    tidy(() => expect(() => softCapGrad(tensor(x), cap, randomTensor([2, 2], 3))).toThrow(RangeError));
  });

  test("leaves small values as they are and never lets one pass the cap", () => {
    const values = Float32Array.of(0, 1e-6, -1e-3, 29, -1000, 1e30);
    const got = valuesOf(() => softCap(fromValues(values, [6]), 30));
    expect(got[0]).toBe(0);
    // In relation to each value: a small logit keeps its digits.
    reference.softCap(values, 30).forEach((want, i) => {
      expect(Math.abs((got[i] as number) - want)).toBeLessThanOrEqual(Math.abs(want) * 1e-6);
    });
    expect(Math.max(...got.map(Math.abs))).toBeLessThanOrEqual(30);
  });

  test("passes NaN through", () => {
    expect(valuesOf(() => softCap(fromValues(Float32Array.of(Number.NaN, 1), [2]), 30))[0]).toBeNaN();
  });

  test("gives a value the same bits wherever it stands", () => {
    if (engine !== "own kernels") return;
    const long = randomValues(53, 4);
    const whole = valuesOf(() => softCap(fromValues(long, [53]), cap));
    expect(valuesOf(() => softCap(fromValues(long.slice(19), [34]), cap))).toEqual(whole.slice(19));
  });
});
