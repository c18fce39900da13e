import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats, toBfloat16, toFloat32 } from "@/server/engine/tensor/create";
import { slice } from "@/server/engine/tensor/layout";
import { chooseProducts, type ProductChoice, productChoice } from "@/server/engine/tensor/product-choice";
import { linear, linearInputGrad, matmul, splitLinear } from "@/server/engine/tensor/products";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { randomTensor, randomValues, valuesOf, worstDifference } from "./engines";

/** Rows, outputs and depth beside, on and beyond the edges of tiles, of panels and of blocks of the depth. */
const SHAPES = [
  [33, 1, 1],
  [33, 17, 31],
  [64, 64, 64],
  [47, 70, 600],
  [1030, 33, 40],
] as const;

const rounded = (x: Tensor) => toFloat32(toBfloat16(x));

let measured: ProductChoice;

beforeAll(async () => {
  await startEngine({ prefer: "tensorflow", kernels: "own" });
  measured = productChoice();
});

afterAll(() => chooseProducts(measured));

describe("products with weights in bfloat16", () => {
  test.each(SHAPES)("of %i rows, %i outputs and depth %i are those of the rounded values, summed in float32", (rows, outputs, depth) => {
    chooseProducts({ ...measured, bfloat16: "tiles" });
    tidy(() => {
      const [x, w, dy] = [randomTensor([rows, depth], 1), randomTensor([outputs, depth], 2), randomTensor([rows, outputs], 3)];
      const half = toBfloat16(w);
      const forward = readFloats(matmul(rounded(x), rounded(w), { transposeB: true }));
      expect(worstDifference(readFloats(linear(x, half)), forward)).toBeLessThan(2e-6);
      const backward = readFloats(matmul(rounded(dy), rounded(w)));
      expect(worstDifference(readFloats(linearInputGrad(dy, half)), backward)).toBeLessThan(2e-6);
    });
  });

  test.each(["tiles", "library", "widened"] as const)("stay within the rounding of bfloat16 when computed as %s", (bfloat16) => {
    chooseProducts({ ...measured, bfloat16 });
    tidy(() => {
      const [x, w] = [randomTensor([40, 96], 4), randomTensor([24, 96], 5)];
      const want = readFloats(matmul(x, rounded(w), { transposeB: true }));
      expect(worstDifference(readFloats(linear(x, toBfloat16(w))), want)).toBeLessThan(0.02);
    });
  });

  test("give a row the same values whatever other rows there are", () => {
    chooseProducts({ ...measured, bfloat16: "tiles" });
    tidy(() => {
      const [x, w] = [randomTensor([100, 70], 6), toBfloat16(randomTensor([50, 70], 7))];
      const all = valuesOf(() => slice(linear(x, w), [3, 0], [40, 50]));
      expect(valuesOf(() => linear(slice(x, [3, 0], [40, 70]), w))).toEqual(all);
    });
  });

  test("keep what is not a number in its row", () => {
    chooseProducts({ ...measured, bfloat16: "tiles" });
    tidy(() => {
      const values = randomValues(40 * 33, 8);
      values[5 * 33 + 32] = Number.NaN;
      const product = readFloats(linear(fromValues(values, [40, 33]), toBfloat16(randomTensor([4, 33], 9))));
      const broken = Array.from({ length: 40 }, (_, row) => product.subarray(4 * row, 4 * row + 4).some(Number.isNaN));
      expect(broken.flatMap((isBroken, row) => (isBroken ? [row] : []))).toEqual([5]);
    });
  });
});

test.each(SHAPES)("split products of %i rows, %i outputs and depth %i are those in float32 to 2⁻¹⁶ of |x| |w|", (rows, outputs, depth) => {
  chooseProducts({ ...measured, adapter: "split" });
  tidy(() => {
    const [x, w] = [randomTensor([rows, depth], 10), randomTensor([outputs, depth], 11)];
    const [xs, ws] = [readFloats(x), readFloats(w)];
    const norm = (values: Float32Array, row: number) => Math.hypot(...values.subarray(row * depth, (row + 1) * depth));
    const exact = readFloats(matmul(x, w, { transposeB: true }));
    const worst = readFloats(splitLinear(x, w)).reduce((most, value, at) => {
      const [row, output] = [Math.floor(at / outputs), at % outputs];
      return Math.max(most, Math.abs(value - (exact[at] as number)) / (norm(xs, row) * norm(ws, output)));
    }, 0);
    expect(worst).toBeLessThan(2 ** -16);
  });
});
