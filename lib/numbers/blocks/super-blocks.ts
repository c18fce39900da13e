import { float16At } from "@/lib/numbers/float16";

/*
 * ggml's k-quants: 256 values a block, in eight groups of 32 (or sixteen of 16) with scales of their own, themselves quantised against the
 * block's float16 scale. As in ggml, a product here is exact in float64 and each value is rounded once.
 */

const blockValues = 256;

/** Block of 144 bytes: d, dmin (float16), 12 bytes of 6-bit scales and minimums, 128 bytes of 4-bit values. Value: d·scale·q − dmin·minimum. */
export function dequantiseQ4K(blocks: Uint8Array, values: Float32Array): void {
  for (let from = 0, to = 0; to < values.length; from += 144, to += blockValues) {
    for (let group = 0; group < 8; group++) {
      const { scale, minimum } = groupScale(blocks, from, group);
      const shift = 4 * (group & 1);
      const quants = from + 16 + 32 * (group >> 1);
      for (let i = 0; i < 32; i++) values[to + 32 * group + i] = scale * (((blocks[quants + i] as number) >> shift) & 15) - minimum;
    }
  }
}

/** As Q4_K with 32 bytes between scales and values that hold each value's fifth bit, one bit place a group: 176 bytes. */
export function dequantiseQ5K(blocks: Uint8Array, values: Float32Array): void {
  for (let from = 0, to = 0; to < values.length; from += 176, to += blockValues) {
    for (let group = 0; group < 8; group++) {
      const { scale, minimum } = groupScale(blocks, from, group);
      const shift = 4 * (group & 1);
      const quants = from + 48 + 32 * (group >> 1);
      for (let i = 0; i < 32; i++) {
        const fifth = ((blocks[from + 16 + i] as number) >> group) & 1;
        values[to + 32 * group + i] = scale * ((((blocks[quants + i] as number) >> shift) & 15) + 16 * fifth) - minimum;
      }
    }
  }
}

/** Block of 210 bytes: 128 bytes of low 4 bits, 64 of high 2 bits, 16 signed scales, d (float16). Value: d·scale·(q − 32). */
export function dequantiseQ6K(blocks: Uint8Array, values: Float32Array): void {
  for (let from = 0, to = 0; to < values.length; from += 210, to += blockValues) {
    const blockScale = float16At(blocks, from + 208);
    for (let half = 0; half < 2; half++) {
      for (let quarter = 0; quarter < 4; quarter++) {
        const low = from + 64 * half + 32 * (quarter & 1);
        const high = from + 128 + 32 * half;
        for (let i = 0; i < 32; i++) {
          const lowBits = ((blocks[low + i] as number) >> (quarter < 2 ? 0 : 4)) & 15;
          const highBits = ((blocks[high + i] as number) >> (2 * quarter)) & 3;
          const scale = signed(blocks[from + 192 + 8 * half + 2 * quarter + (i >> 4)] as number);
          values[to + 128 * half + 32 * quarter + i] = blockScale * scale * (lowBits + 16 * highBits - 32);
        }
      }
    }
  }
}

/** A byte as a signed number. */
export function signed(byte: number): number {
  return (byte << 24) >> 24;
}

/** Groups 0 to 3 have their 6 bits in one byte each; those of 4 to 7 lie in the nibbles of the last four bytes and the top bits of the first eight. */
function groupScale(blocks: Uint8Array, from: number, group: number): { scale: number; minimum: number } {
  const byte = (i: number): number => blocks[from + 4 + i] as number;
  const scale = group < 4 ? byte(group) & 63 : (byte(group + 4) & 15) | ((byte(group - 4) >> 6) << 4);
  const minimum = group < 4 ? byte(group + 4) & 63 : (byte(group + 4) >> 4) | ((byte(group) >> 6) << 4);
  return { scale: float16At(blocks, from) * scale, minimum: float16At(blocks, from + 2) * minimum };
}
