import { float16At } from "./float-conversion";
import { dequantiseQ4K, dequantiseQ5K, dequantiseQ6K } from "./gguf-super-blocks";

/**
 * A tensor type of GGUF, with the numbers of ggml's `ggml-quants.c`: values lie in blocks of `blockValues`, each `blockBytes` long.
 */
export type GgufTensorType = {
  readonly name: string;
  readonly blockValues: number;
  readonly blockBytes: number;
  /** Writes the float32 values of whole blocks. Every product of these types is exact in float64 and rounded once, as in ggml. */
  readonly dequantise: (blocks: Buffer, values: Float32Array) => void;
};

/** By ggml's type number. */
export const ggufTensorTypes: ReadonlyMap<number, GgufTensorType> = new Map<number, GgufTensorType>([
  [0, { name: "F32", blockValues: 1, blockBytes: 4, dequantise: copyFloat32 }],
  [1, { name: "F16", blockValues: 1, blockBytes: 2, dequantise: widenFloat16 }],
  [2, { name: "Q4_0", blockValues: 32, blockBytes: 18, dequantise: dequantiseQ4_0 }],
  [3, { name: "Q4_1", blockValues: 32, blockBytes: 20, dequantise: dequantiseQ4_1 }],
  [6, { name: "Q5_0", blockValues: 32, blockBytes: 22, dequantise: dequantiseQ5_0 }],
  [7, { name: "Q5_1", blockValues: 32, blockBytes: 24, dequantise: dequantiseQ5_1 }],
  [8, { name: "Q8_0", blockValues: 32, blockBytes: 34, dequantise: dequantiseQ8_0 }],
  [12, { name: "Q4_K", blockValues: 256, blockBytes: 144, dequantise: dequantiseQ4K }],
  [13, { name: "Q5_K", blockValues: 256, blockBytes: 176, dequantise: dequantiseQ5K }],
  [14, { name: "Q6_K", blockValues: 256, blockBytes: 210, dequantise: dequantiseQ6K }],
  [30, { name: "BF16", blockValues: 1, blockBytes: 2, dequantise: widenBfloat16 }],
]);

/** Names of the types that are known but not read, for the error. */
export const otherTensorTypes: Readonly<Record<number, string>> = {
  9: "Q8_1",
  10: "Q2_K",
  11: "Q3_K",
  15: "Q8_K",
  16: "IQ2_XXS",
  17: "IQ2_XS",
  18: "IQ3_XXS",
  19: "IQ1_S",
  20: "IQ4_NL",
  21: "IQ3_S",
  22: "IQ2_S",
  23: "IQ4_XS",
  24: "I8",
  25: "I16",
  26: "I32",
  27: "I64",
  28: "F64",
  29: "IQ1_M",
  34: "TQ1_0",
  35: "TQ2_0",
  39: "MXFP4",
};

function copyFloat32(blocks: Buffer, values: Float32Array): void {
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(blocks);
}

function widenFloat16(blocks: Buffer, values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = float16At(blocks, 2 * i);
}

function widenBfloat16(blocks: Buffer, values: Float32Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = uint16(blocks, 2 * i) << 16;
}

/** Block: scale d (float16), 16 bytes with value i in the low and value i + 16 in the high half; the value is d (q − 8). */
function dequantiseQ4_0(blocks: Buffer, values: Float32Array): void {
  for (let from = 0, to = 0; to < values.length; from += 18, to += 32) {
    const scale = float16At(blocks, from);
    for (let i = 0; i < 16; i++) {
      const pair = blocks[from + 2 + i] as number;
      values[to + i] = scale * ((pair & 15) - 8);
      values[to + i + 16] = scale * ((pair >> 4) - 8);
    }
  }
}

/** Block: scale d and minimum m (float16), 16 bytes as in Q4_0; the value is d q + m. */
function dequantiseQ4_1(blocks: Buffer, values: Float32Array): void {
  for (let from = 0, to = 0; to < values.length; from += 20, to += 32) {
    const scale = float16At(blocks, from);
    const minimum = float16At(blocks, from + 2);
    for (let i = 0; i < 16; i++) {
      const pair = blocks[from + 4 + i] as number;
      values[to + i] = scale * (pair & 15) + minimum;
      values[to + i + 16] = scale * (pair >> 4) + minimum;
    }
  }
}

/** Block: scale d (float16), 4 bytes with the fifth bit of value i in bit i, 16 bytes as in Q4_0; the value is d (q − 16). */
function dequantiseQ5_0(blocks: Buffer, values: Float32Array): void {
  for (let from = 0, to = 0; to < values.length; from += 22, to += 32) {
    const scale = float16At(blocks, from);
    const fifth = blocks.readUInt32LE(from + 2);
    for (let i = 0; i < 16; i++) {
      const pair = blocks[from + 6 + i] as number;
      values[to + i] = scale * ((pair & 15) + 16 * ((fifth >>> i) & 1) - 16);
      values[to + i + 16] = scale * ((pair >> 4) + 16 * ((fifth >>> (i + 16)) & 1) - 16);
    }
  }
}

/** Block: scale d and minimum m (float16), then as in Q5_0; the value is d q + m. */
function dequantiseQ5_1(blocks: Buffer, values: Float32Array): void {
  for (let from = 0, to = 0; to < values.length; from += 24, to += 32) {
    const scale = float16At(blocks, from);
    const minimum = float16At(blocks, from + 2);
    const fifth = blocks.readUInt32LE(from + 4);
    for (let i = 0; i < 16; i++) {
      const pair = blocks[from + 8 + i] as number;
      values[to + i] = scale * ((pair & 15) + 16 * ((fifth >>> i) & 1)) + minimum;
      values[to + i + 16] = scale * ((pair >> 4) + 16 * ((fifth >>> (i + 16)) & 1)) + minimum;
    }
  }
}

/** Block: scale d (float16), 32 signed bytes; the value is d q. */
function dequantiseQ8_0(blocks: Buffer, values: Float32Array): void {
  for (let from = 0, to = 0; to < values.length; from += 34, to += 32) {
    const scale = float16At(blocks, from);
    for (let i = 0; i < 32; i++) values[to + i] = scale * (((blocks[from + 2 + i] as number) << 24) >> 24);
  }
}

function uint16(bytes: Buffer, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}
