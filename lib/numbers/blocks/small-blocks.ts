import { float16At } from "@/lib/numbers/float16";
import { signed } from "./super-blocks";

/* ggml's types of one value or 32 a block. Every product here is exact in float64 and rounded once, as in ggml. */

export function widenFloat16(blocks: Uint8Array, values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = float16At(blocks, 2 * i);
}

export function widenBfloat16(blocks: Uint8Array, values: Float32Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = uint16(blocks, 2 * i) << 16;
}

/** Block: scale d (float16), 16 bytes with value i in the low and value i + 16 in the high half; the value is d (q − 8). */
export function dequantiseQ4_0(blocks: Uint8Array, values: Float32Array): void {
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
export function dequantiseQ4_1(blocks: Uint8Array, values: Float32Array): void {
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
export function dequantiseQ5_0(blocks: Uint8Array, values: Float32Array): void {
  for (let from = 0, to = 0; to < values.length; from += 22, to += 32) {
    const scale = float16At(blocks, from);
    const fifth = uint32(blocks, from + 2);
    for (let i = 0; i < 16; i++) {
      const pair = blocks[from + 6 + i] as number;
      values[to + i] = scale * ((pair & 15) + 16 * ((fifth >>> i) & 1) - 16);
      values[to + i + 16] = scale * ((pair >> 4) + 16 * ((fifth >>> (i + 16)) & 1) - 16);
    }
  }
}

/** Block: scale d and minimum m (float16), then as in Q5_0; the value is d q + m. */
export function dequantiseQ5_1(blocks: Uint8Array, values: Float32Array): void {
  for (let from = 0, to = 0; to < values.length; from += 24, to += 32) {
    const scale = float16At(blocks, from);
    const minimum = float16At(blocks, from + 2);
    const fifth = uint32(blocks, from + 4);
    for (let i = 0; i < 16; i++) {
      const pair = blocks[from + 8 + i] as number;
      values[to + i] = scale * ((pair & 15) + 16 * ((fifth >>> i) & 1)) + minimum;
      values[to + i + 16] = scale * ((pair >> 4) + 16 * ((fifth >>> (i + 16)) & 1)) + minimum;
    }
  }
}

/** Block: scale d (float16), 32 signed bytes; the value is d q. */
export function dequantiseQ8_0(blocks: Uint8Array, values: Float32Array): void {
  for (let from = 0, to = 0; to < values.length; from += 34, to += 32) {
    const scale = float16At(blocks, from);
    for (let i = 0; i < 32; i++) values[to + i] = scale * signed(blocks[from + 2 + i] as number);
  }
}

function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

function uint32(bytes: Uint8Array, at: number): number {
  return (uint16(bytes, at) | (uint16(bytes, at + 2) << 16)) >>> 0;
}
