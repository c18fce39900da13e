import { expect, test } from "vitest";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { addLayerNorm, layerNorm } from "@/server/engine/tensor/normalise";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { describeEachEngine, randomValues, worstDifference } from "./engines";

const CLOSE = 2e-6;

describeEachEngine("addLayerNorm", () => {
  const [rows, d] = [3, 19];
  const x = randomValues(rows * d, 21);
  const w = randomValues(d, 22);
  const b = randomValues(d, 23);
  const residual = randomValues(rows * d, 25);
  const tensor = (values: Float32Array) => fromValues(values, values.length === d ? [d] : [rows, d]);

  test.each(["with", "without"])("is layerNorm of a sum %s a bias, and gives the sum", (bias) => {
    const extra = bias === "with" ? randomValues(d, 26) : undefined;
    const summed = Float32Array.from(x, (value, i) => value + (residual[i] ?? 0) + (extra?.[i % d] ?? 0));
    tidy(() => {
      const { y, sum, mean, inverseStd } = addLayerNorm(
        tensor(x),
        { update: tensor(residual), bias: extra && tensor(extra) },
        tensor(w),
        tensor(b),
        1e-5,
      );
      const parts = layerNorm(tensor(summed), tensor(w), tensor(b), 1e-5);
      for (const [got, want] of [
        [sum, tensor(summed)],
        [y, parts.y],
        [mean, parts.mean],
        [inverseStd, parts.inverseStd],
      ] as const) {
        expect(got.shape).toEqual(want.shape);
        expect(worstDifference(readFloats(got), readFloats(want))).toBeLessThan(CLOSE);
      }
    });
  });

  test("refuses shapes that do not fit", () => {
    tidy(() => {
      const add = (update: Tensor, bias: Tensor | undefined) => () => addLayerNorm(tensor(x), { update, bias }, tensor(w), tensor(b), 1e-5);
      expect(add(fromValues(x, [d, rows]), undefined)).toThrow(RangeError);
      expect(add(tensor(residual), fromValues(w.subarray(1), [d - 1]))).toThrow(RangeError);
    });
  });
});
