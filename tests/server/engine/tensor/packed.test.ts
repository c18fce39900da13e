import { describe, expect, it, test } from "vitest";
import { blockFormats, PACKED_NAMES, type PackedName, packedBytes } from "@/lib/numbers/blocks/block-formats";
import { quantiseNf4 } from "@/lib/numbers/blocks/nf4";
import { fromValues, readFloats, zeros } from "@/server/engine/tensor/create";
import { fromBlocks, fromPieces, frozenPart, frozenRows, inFloat32, packNf4 } from "@/server/engine/tensor/packed";
import { linear, linearInputGrad } from "@/server/engine/tensor/products";
import { liveTensors, measureBytes, tidy } from "@/server/engine/tensor/scope";
import { linearAdd, normGatedLinear, normGeluGatedLinear, normLinear, stepLinear } from "@/server/engine/tensor/step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { randomBlocks } from "@/tests/support/random-blocks";
import { describeEachEngine, randomTensor, randomValues, valuesOf, worstDifference } from "./engines";

/** Two blocks of the longest format a row, and rows that fill no group of four. */
const [rows, d] = [11, 512];
const CLOSE = 2e-6;

function held(format: PackedName, seed = 1): { packed: Tensor; dense: Tensor; values: Float32Array } {
  const { blocks, values } = randomBlocks(format, rows, d, seed);
  return { packed: fromBlocks({ format, bytes: blocks }, [rows, d]), dense: fromValues(values, [rows, d]), values };
}

describeEachEngine("packed matrices", (engine) => {
  describe.each(PACKED_NAMES)("in %s", (format) => {
    test("unpack to the very values that their format describes", () => {
      tidy(() => {
        const { packed, values } = held(format);
        expect(readFloats(inFloat32(packed))).toEqual(values);
        const looked = readFloats(frozenRows(packed, fromValues(Int32Array.of(10, 0, 10), [3])));
        expect(looked).toEqual(Float32Array.of(...values.subarray(10 * d), ...values.subarray(0, d), ...values.subarray(10 * d)));
      });
    });

    test.each([1, 3, 5, 33])("multiply %i rows as their unpacked values do, forward and backward", (tokens) => {
      tidy(() => {
        const { packed, dense } = held(format);
        const [x, dy] = [randomTensor([tokens, d], 2), randomTensor([tokens, rows], 3)];
        const got = readFloats(linear(x, packed));
        const want = readFloats(linear(x, dense));
        if (engine === "own kernels" && tokens <= 8) expect(got).toEqual(want);
        else expect(worstDifference(got, want)).toBeLessThan(CLOSE);
        expect(worstDifference(readFloats(linearInputGrad(dy, packed)), readFloats(linearInputGrad(dy, dense)))).toBeLessThan(CLOSE);
      });
    });
  });

  test("what is fused into a step gives what it gives with the unpacked values", () => {
    tidy(() => {
      const { blocks, values } = randomBlocks("Q4_K", 12, d, 4);
      const [packed, dense] = [fromBlocks({ format: "Q4_K", bytes: blocks }, [12, d]), fromValues(values, [12, d])];
      const [x, gain, residual] = [randomTensor([3, d], 5), randomTensor([d], 6), randomTensor([3, 12], 7)];
      const steps: readonly ((w: Tensor) => Tensor)[] = [
        (w) => stepLinear(x, w),
        (w) => normLinear(x, gain, 1e-5, w, [5, 7]).parts[1] as Tensor,
        (w) => normGatedLinear(x, gain, 1e-5, w),
        (w) => normGeluGatedLinear(x, gain, 1e-5, w),
        (w) => linearAdd(x, w, residual),
      ];
      for (const step of steps) {
        const [got, want] = [valuesOf(() => step(packed)), valuesOf(() => step(dense))];
        if (engine === "own kernels") expect(got).toEqual(want);
        else expect(worstDifference(got, want)).toBeLessThan(CLOSE);
      }
    });
  });

  test("NF4 is rounded to in the same way by every engine, zeros and values that are not finite among the others", () => {
    const values = randomValues(2048, 10);
    values.fill(0, 64, 128);
    for (const [at, value] of [Number.NaN, Number.POSITIVE_INFINITY, 1e-39].entries()) values[128 + 64 * at] = value;
    const [got, want] = [packNf4(values).bytes, quantiseNf4(values)].map((blocks) => {
      const unpacked = new Float32Array(values.length);
      blockFormats.NF4.dequantise(blocks, unpacked);
      return unpacked;
    });
    expect(got).toEqual(want);
  });

  test("rows are cut off packed", () => {
    tidy(() => {
      const { packed, values } = held("Q5_0");
      expect(valuesOf(() => inFloat32(frozenPart(packed, 3, 4)))).toEqual(Array.from(values.subarray(3 * d, 7 * d)));
    });
  });

  test("a matrix of several tiles is never unpacked whole", () => {
    const [many, width] = [4200, 1024];
    const before = liveTensors();
    tidy(() => {
      const { blocks, values } = randomBlocks("Q8_0", many, width, 8);
      const packed = fromBlocks({ format: "Q8_0", bytes: blocks }, [many, width]);
      const x = randomTensor([40, width], 9);
      const { result: y, peakBytes } = measureBytes(() => linear(x, packed));
      expect(peakBytes).toBeLessThan((engine === "TensorFlow ops" ? 1.5 : 1) * 4 * many * width + 2 * 4 * 40 * many);
      const dx = linearInputGrad(y, packed);
      const dense = fromValues(values, [many, width]);
      expect(worstDifference(readFloats(y), readFloats(linear(x, dense)))).toBeLessThan(CLOSE);
      expect(worstDifference(readFloats(dx), readFloats(linearInputGrad(y, dense)))).toBeLessThan(CLOSE);
    });
    expect(liveTensors()).toBe(before);
  });

  test("many tiles take the memory of the result and of one tile, forward, and of three results and one tile backward", () => {
    if (engine !== "own kernels") return;
    const [tokens, many, width] = [1024, 16_384, 2048];
    tidy(() => {
      const packed = fromBlocks({ format: "Q4_0", bytes: new Uint8Array(many * packedBytes("Q4_0", width)) }, [many, width]);
      const [x, dy] = [zeros([tokens, width]), zeros([tokens, many])];
      const forward = measureBytes(() => linear(x, packed)).peakBytes;
      const backward = measureBytes(() => linearInputGrad(dy, packed)).peakBytes;
      expect(forward).toBeLessThan(1.5 * 4 * tokens * many);
      expect(backward).toBeLessThan(4 * 2 ** 22 + 5 * 4 * tokens * width);
    });
  });

  it("counts the bytes of the blocks", () => {
    tidy(() => {
      const { blocks } = randomBlocks("Q6_K", rows, d, 1);
      expect(measureBytes(() => fromBlocks({ format: "Q6_K", bytes: blocks }, [rows, d])).leftBytes).toBe(rows * 2 * 210);
      expect(blocks).toHaveLength(rows * packedBytes("Q6_K", d));
    });
  });

  it("takes rows in pieces, in any order, without holding them a second time", () => {
    tidy(() => {
      const { blocks, values } = randomBlocks("Q4_1", rows, d, 1);
      const rowBytes = packedBytes("Q4_1", d);
      const order = [[7, 2], [0, 10, 1], [9], [3, 4, 5, 6, 8]];
      // One buffer for all of them, as a file's reader has it.
      const buffer = new Uint8Array(5 * rowBytes);
      function* pieces() {
        for (const chosen of order) {
          chosen.forEach((row, i) => void buffer.set(blocks.subarray(row * rowBytes, (row + 1) * rowBytes), i * rowBytes));
          yield { bytes: buffer.subarray(0, chosen.length * rowBytes), rows: Int32Array.from(chosen) };
        }
      }
      const { result, peakBytes } = measureBytes(() => fromPieces("Q4_1", pieces(), [rows, d]));
      expect(readFloats(inFloat32(result))).toEqual(values);
      expect(peakBytes).toBeLessThanOrEqual((rows + 5) * rowBytes + 64);
    });
  });

  it.each([
    ["missing", [[0, 1]]],
    ["beyond the matrix", [[0, 1, 3]]],
  ])("refuses pieces with a row %s, and holds nothing then", (_, order) => {
    const before = liveTensors();
    const pieces = order.map((chosen) => ({ bytes: new Uint8Array(18 * chosen.length), rows: Int32Array.from(chosen) }));
    expect(() => fromPieces("Q4_0", pieces, [3, 32])).toThrow("2 rows were read of a packed matrix of 3");
    expect(liveTensors()).toBe(before);
  });

  it("refuses bytes that are not those of the matrix, and a row that fills no whole blocks", () => {
    expect(() => fromBlocks({ format: "Q4_0", bytes: new Uint8Array(17) }, [1, 32])).toThrow("17 bytes are not the 18 of [1,32] as Q4_0");
    expect(() => fromBlocks({ format: "Q4_0", bytes: new Uint8Array(18) }, [1, 33])).toThrow("33 values do not fill blocks of 32 (Q4_0)");
  });
});
