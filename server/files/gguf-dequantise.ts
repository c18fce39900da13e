import { float16Values } from "./float-conversion";

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
  [8, { name: "Q8_0", blockValues: 32, blockBytes: 34, dequantise: dequantiseQ8_0 }],
  [30, { name: "BF16", blockValues: 1, blockBytes: 2, dequantise: widenBfloat16 }],
]);

/** Names of the types that are known but not read, for the error. */
export const otherTensorTypes: Readonly<Record<number, string>> = {
  6: "Q5_0",
  7: "Q5_1",
  9: "Q8_1",
  10: "Q2_K",
  11: "Q3_K",
  12: "Q4_K",
  13: "Q5_K",
  14: "Q6_K",
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
  const table = float16Values();
  for (let i = 0; i < values.length; i++) values[i] = table[uint16(blocks, 2 * i)] as number;
}

function widenBfloat16(blocks: Buffer, values: Float32Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = uint16(blocks, 2 * i) << 16;
}

/** Block: scale d (float16), 16 bytes with value i in the low and value i + 16 in the high half; the value is d (q − 8). */
function dequantiseQ4_0(blocks: Buffer, values: Float32Array): void {
  const table = float16Values();
  for (let from = 0, to = 0; to < values.length; from += 18, to += 32) {
    const scale = table[uint16(blocks, from)] as number;
    for (let i = 0; i < 16; i++) {
      const pair = blocks[from + 2 + i] as number;
      values[to + i] = scale * ((pair & 15) - 8);
      values[to + i + 16] = scale * ((pair >> 4) - 8);
    }
  }
}

/** Block: scale d and minimum m (float16), 16 bytes as in Q4_0; the value is d q + m. */
function dequantiseQ4_1(blocks: Buffer, values: Float32Array): void {
  const table = float16Values();
  for (let from = 0, to = 0; to < values.length; from += 20, to += 32) {
    const scale = table[uint16(blocks, from)] as number;
    const minimum = table[uint16(blocks, from + 2)] as number;
    for (let i = 0; i < 16; i++) {
      const pair = blocks[from + 4 + i] as number;
      values[to + i] = scale * (pair & 15) + minimum;
      values[to + i + 16] = scale * (pair >> 4) + minimum;
    }
  }
}

/** Block: scale d (float16), 32 signed bytes; the value is d q. */
function dequantiseQ8_0(blocks: Buffer, values: Float32Array): void {
  const table = float16Values();
  for (let from = 0, to = 0; to < values.length; from += 34, to += 32) {
    const scale = table[uint16(blocks, from)] as number;
    for (let i = 0; i < 32; i++) values[to + i] = scale * (((blocks[from + 2 + i] as number) << 24) >> 24);
  }
}

function uint16(bytes: Buffer, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}
