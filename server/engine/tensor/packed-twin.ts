// Blocks as lib/numbers/blocks describes them, unpacked by plain TensorFlow operations: where there are no own kernels, as on a GPU.

import type { PackedName } from "@/lib/numbers/blocks/block-formats";
import { nf4Levels } from "@/lib/numbers/blocks/nf4";
import { add, multiply, subtract } from "./arithmetic";
import { scalar } from "./create";
import { constant, createTensor, execute, index } from "./execute";
import { concat, gatherRows, reshape, slice } from "./layout";
import type { Tensor } from "./tensor";
import { BFLOAT16, FLOAT, FLOAT16, flag, INT32, typeOf, UINT8 } from "./tensorflow-binding";

/** blocks (n, bytes of a block) uint8 → (n, values of a block) float32, where all products are exact and rounded once. */
export function unpackBlocks(blocks: Tensor, format: PackedName): Tensor {
  return unpackers[format](blocks);
}

const unpackers: Readonly<Record<PackedName, (blocks: Tensor) => Tensor>> = {
  F16: (blocks) => column(halfAt(blocks, 0)),
  BF16: (blocks) => column(cast(bitcast(blocks, BFLOAT16), BFLOAT16, FLOAT)),
  Q4_0: (blocks) => multiply(halfAt(blocks, 0), subtract(floats(nibbles(blocks, 2, 16)), scalar(8))),
  Q4_1: (blocks) => add(multiply(halfAt(blocks, 0), floats(nibbles(blocks, 4, 16))), halfAt(blocks, 2)),
  Q5_0: (blocks) => multiply(halfAt(blocks, 0), subtract(floats(fiveBits(blocks, 2)), scalar(16))),
  Q5_1: (blocks) => add(multiply(halfAt(blocks, 0), floats(fiveBits(blocks, 4))), halfAt(blocks, 2)),
  Q8_0: (blocks) => multiply(halfAt(blocks, 0), floats(signedAt(blocks, 2, 32))),
  Q4_K: (blocks) => inGroups(blocks, interleaved(blocks, 16)),
  Q5_K: (blocks) => inGroups(blocks, addInts(interleaved(blocks, 48), fifthBits(blocks))),
  Q6_K: (blocks) => {
    const n = blocks.shape[0] ?? 0;
    const low = reshape(intsAt(blocks, 0, 128), [n, 2, 1, 64]);
    const lows = reshape(concat([and(low, 15), shift(low, 4)], 2), [n, 2, 4, 32]);
    const highs = and(shiftEach(reshape(intsAt(blocks, 128, 64), [n, 2, 1, 32]), [0, 2, 4, 6]), 3);
    const values = subtract(floats(addInts(lows, times(highs, 16))), scalar(32));
    const scales = multiply(halfAt(blocks, 208), floats(signedAt(blocks, 192, 16)));
    return reshape(multiply(reshape(scales, [n, 16, 1]), reshape(values, [n, 16, 16])), [n, 256]);
  },
  NF4: (blocks) => {
    const largest = column(bitcast(slice(blocks, [0, 0], [blocks.shape[0] ?? 0, 4]), FLOAT));
    const levels = constant("nf4", () => createTensor(Float32Array.from(nf4Levels), [nf4Levels.length]));
    return multiply(largest, gatherRows(levels, nibbles(blocks, 4, 32)));
  },
};

/** Scale and minimum of eight groups of 32 each, 6 bits in twelve bytes, applied to integers (n, 8, 32). */
function inGroups(blocks: Tensor, values: Tensor): Tensor {
  const n = blocks.shape[0] ?? 0;
  const [scales, minimums, rest] = [intsAt(blocks, 4, 4), intsAt(blocks, 8, 4), intsAt(blocks, 12, 4)];
  const scale = concat([and(scales, 63), addInts(and(rest, 15), times(shift(scales, 6), 16))], 1);
  const minimum = concat([and(minimums, 63), addInts(shift(rest, 4), times(shift(minimums, 6), 16))], 1);
  const factor = (at: number, bits: Tensor) => reshape(multiply(halfAt(blocks, at), floats(bits)), [n, 8, 1]);
  return reshape(subtract(multiply(factor(0, scale), floats(values)), factor(2, minimum)), [n, 256]);
}

/** Runs of 32 bytes whose low halves are one group and whose high halves the next: (n, 8, 32). */
function interleaved(blocks: Tensor, at: number): Tensor {
  const n = blocks.shape[0] ?? 0;
  const pairs = reshape(intsAt(blocks, at, 128), [n, 4, 1, 32]);
  return reshape(concat([and(pairs, 15), shift(pairs, 4)], 2), [n, 8, 32]);
}

/** Bit g of byte i is the fifth bit of value i of group g; 16 where it is set, (n, 8, 32). */
function fifthBits(blocks: Tensor): Tensor {
  const bytes = reshape(intsAt(blocks, 16, 32), [blocks.shape[0] ?? 0, 1, 32]);
  return times(and(shiftEach(bytes, [0, 1, 2, 3, 4, 5, 6, 7]), 1), 16);
}

/** Four bytes with the fifth bit of each value, then those of `nibbles`. */
function fiveBits(blocks: Tensor, at: number): Tensor {
  const n = blocks.shape[0] ?? 0;
  const EIGHT = [0, 1, 2, 3, 4, 5, 6, 7];
  const bits = constant("bits", () => createTensor(Int32Array.from(EIGHT), [1, 1, 8]));
  const fifths = and(integers("RightShift", reshape(intsAt(blocks, at, 4), [n, 4, 1]), bits), 1);
  return addInts(nibbles(blocks, at + 4, 16), times(reshape(fifths, [n, 32]), 16));
}

/** The low halves of `count` bytes, then the high ones. */
function nibbles(blocks: Tensor, at: number, count: number): Tensor {
  const bytes = intsAt(blocks, at, count);
  return concat([and(bytes, 15), shift(bytes, 4)], 1);
}

function intsAt(blocks: Tensor, at: number, count: number): Tensor {
  return cast(slice(blocks, [0, at], [blocks.shape[0] ?? 0, count]), UINT8, INT32);
}

function signedAt(blocks: Tensor, at: number, count: number): Tensor {
  const bytes = intsAt(blocks, at, count);
  return addInts(bytes, times(shift(bytes, 7), -256));
}

/** (n, 1) */
function halfAt(blocks: Tensor, at: number): Tensor {
  return column(cast(bitcast(slice(blocks, [0, at], [blocks.shape[0] ?? 0, 2]), FLOAT16), FLOAT16, FLOAT));
}

function column(x: Tensor): Tensor {
  return reshape(x, [x.shape[0] ?? 0, 1]);
}

/** Bytes (n, width of the type) as values (n). */
function bitcast(bytes: Tensor, type: number): Tensor {
  return execute("Bitcast", [typeOf("T", UINT8), typeOf("type", type)], [bytes]);
}

function cast(x: Tensor, from: number, to: number): Tensor {
  return execute("Cast", [typeOf("SrcT", from), typeOf("DstT", to), flag("Truncate", false)], [x]);
}

function floats(x: Tensor): Tensor {
  return cast(x, INT32, FLOAT);
}

const INTS = [typeOf("T", INT32)];

function integers(op: "BitwiseAnd" | "RightShift" | "AddV2" | "Mul", a: Tensor, b: Tensor): Tensor {
  return execute(op, INTS, [a, b]);
}

function and(x: Tensor, mask: number): Tensor {
  return integers("BitwiseAnd", x, index(mask));
}

function shift(x: Tensor, places: number): Tensor {
  return integers("RightShift", x, index(places));
}

/** Along the axis before the last, one shift an entry. */
function shiftEach(x: Tensor, places: readonly number[]): Tensor {
  const by = constant(`shifts${places.join()}`, () => createTensor(Int32Array.from(places), [places.length, 1]));
  return integers("RightShift", x, by);
}

function addInts(a: Tensor, b: Tensor): Tensor {
  return integers("AddV2", a, b);
}

function times(x: Tensor, factor: number): Tensor {
  return integers("Mul", x, index(factor));
}
