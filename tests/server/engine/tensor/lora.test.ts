import { expect, test } from "vitest";
import { readFloats } from "@/server/engine/tensor/create";
import { loraUpdate, loraUpdateGrad } from "@/server/engine/tensor/lora";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { describeEachEngine, randomTensor, worstDifference } from "./engines";
import * as reference from "./reference";

const CLOSE = 5e-6;
const SCALING = 0.7;

/** Rows fill blocks of the kernel or not, widths whole lanes or not, and rows make one chunk or several. */
const SHAPES = [
  { tokens: 3, dIn: 7, dOut: 5, rank: 2 },
  { tokens: 16, dIn: 32, dOut: 48, rank: 16 },
  { tokens: 67, dIn: 19, dOut: 33, rank: 17 },
  { tokens: 2100, dIn: 16, dOut: 16, rank: 3 },
  { tokens: 11, dIn: 80, dOut: 72, rank: 70 },
] as const;

describeEachEngine("loraUpdate", () => {
  test.each(SHAPES)("of $tokens tokens ($dIn to $dOut, rank $rank) and its gradients", ({ tokens, dIn, dOut, rank }) => {
    tidy(() => {
      const [x, base, dy] = [randomTensor([tokens, dIn], 1), randomTensor([tokens, dOut], 2), randomTensor([tokens, dOut], 3)];
      const matrices = { A: randomTensor([rank, dIn], 4), B: randomTensor([dOut, rank], 5), scaling: SCALING };
      const scaled = (values: readonly number[]) => values.map((value) => value * SCALING);
      const [of, turned] = [(tensor: Tensor) => readFloats(tensor), (tensor: Tensor) => turnedValues(tensor)];
      const low = scaled(reference.product(of(x), turned(matrices.A), tokens, dIn, rank));
      const dLow = scaled(reference.product(of(dy), of(matrices.B), tokens, dOut, rank));
      const update = reference.product(low, turned(matrices.B), tokens, rank, dOut);

      const got = loraUpdate(x, base, matrices);
      expectClose(got.low, [tokens, rank], low);
      expectClose(
        got.output,
        [tokens, dOut],
        of(base).map((value, i) => value + (update[i] ?? 0)),
      );
      const { dA, dB, dX } = loraUpdateGrad(x, dy, matrices, got.low, true);
      expectClose(dA, [rank, dIn], reference.product(reference.transpose(dLow, tokens, rank), of(x), rank, tokens, dIn));
      expectClose(dB, [dOut, rank], reference.product(turned(dy), low, dOut, tokens, rank));
      expectClose(dX as Tensor, [tokens, dIn], reference.product(dLow, of(matrices.A), tokens, rank, dIn));
      expect(loraUpdateGrad(x, dy, matrices, got.low, false).dX).toBeUndefined();
    });
  });

  test("refuses matrices that do not fit", () => {
    tidy(() => {
      const [x, base] = [randomTensor([3, 7], 1), randomTensor([3, 5], 2)];
      const matrices = { A: randomTensor([2, 7], 4), B: randomTensor([5, 3], 5), scaling: 1 };
      expect(() => loraUpdate(x, base, matrices)).toThrow(RangeError);
      expect(() => loraUpdateGrad(x, base, matrices, randomTensor([3, 2], 6), true)).toThrow(RangeError);
    });
  });
});

function turnedValues(tensor: Tensor): number[] {
  const [rows = 0, columns = 0] = tensor.shape;
  return reference.transpose(readFloats(tensor), rows, columns);
}

function expectClose(got: Tensor, shape: readonly number[], want: ArrayLike<number>): void {
  expect(got.shape).toEqual(shape);
  expect(worstDifference(readFloats(got), want)).toBeLessThan(CLOSE);
}
