import { expect, test } from "vitest";
import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { concat, gatherRows, reshape, scatterAddRows, slice, split, transpose } from "@/server/engine/tensor/layout";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { describeEachEngine } from "./engines";

const counting = (shape: readonly number[]): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return fromValues(
    Float32Array.from({ length: size }, (_, i) => i),
    shape,
  );
};
const read = (x: Tensor) => ({ shape: [...x.shape], values: Array.from(readFloats(x)) });

describeEachEngine("layout", () => {
  test("reshape keeps the order, transpose changes it", () => {
    tidy(() => {
      expect(read(reshape(counting([2, 3]), [3, 2]))).toEqual({ shape: [3, 2], values: [0, 1, 2, 3, 4, 5] });
      expect(read(transpose(counting([2, 3]), [1, 0]))).toEqual({ shape: [3, 2], values: [0, 3, 1, 4, 2, 5] });
      expect(read(transpose(counting([2, 1, 3, 2]), [2, 0, 3, 1])).values).toEqual([0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11]);
    });
  });

  test("split undoes concat on any axis", () => {
    tidy(() => {
      const joined = concat([counting([2, 1]), counting([2, 2])], 1);
      expect(read(joined)).toEqual({ shape: [2, 3], values: [0, 0, 1, 1, 2, 3] });
      expect(split(joined, [1, 2], 1).map(read)).toEqual([read(counting([2, 1])), read(counting([2, 2]))]);
      expect(read(concat([counting([1, 2]), counting([1, 2])], 0)).values).toEqual([0, 1, 0, 1]);
    });
  });

  test("slice cuts a box", () => {
    tidy(() => expect(read(slice(counting([3, 5]), [1, 2], [2, 2]))).toEqual({ shape: [2, 2], values: [7, 8, 12, 13] }));
  });

  test("gatherRows takes rows by indices of any shape, scatterAddRows adds them back", () => {
    tidy(() => {
      const indices = fromValues(Int32Array.of(2, 0, 2, 1), [2, 2]);
      const rows = gatherRows(counting([3, 2]), indices);
      expect(read(rows)).toEqual({ shape: [2, 2, 2], values: [4, 5, 0, 1, 4, 5, 2, 3] });
      expect(read(scatterAddRows(indices, rows, 5))).toEqual({ shape: [5, 2], values: [0, 1, 2, 3, 8, 10, 0, 0, 0, 0] });
      expect(Array.from(readInts(gatherRows(fromValues(Int32Array.of(7, 8), [2]), fromValues(Int32Array.of(1), [1]))))).toEqual([8]);
    });
  });

  test("what does not fit is refused", () => {
    tidy(() => {
      const x = counting([2, 3]);
      expect(() => reshape(x, [5])).toThrow("[2,3] does not become [5]");
      expect(() => transpose(x, [0, 0])).toThrow(RangeError);
      expect(() => split(x, [1, 1], 1)).toThrow("do not add up");
      expect(() => slice(x, [0, 2], [2, 2])).toThrow("does not lie in");
      expect(() => concat([x, counting([2, 5])], 0)).toThrow("does not join");
      expect(() => gatherRows(x, fromValues(Int32Array.of(2), [1]))).toThrow();
    });
  });
});
