import { float16Values } from "@/lib/numbers/float16";

/**
 * Widening of 16-bit floats. Bytes in files are little-endian, and so is every machine that Node and TensorFlow run on; the typed-array views below
 * rely on it.
 *
 * Both functions work in place: the 16-bit values lie in the upper half of `values`' own memory, and are widened from the lowest entry up. Entry i
 * overwrites the 16-bit entries 2i − n and 2i − n + 1, neither of which lies after i, so nothing is lost.
 */

/** The upper half of the memory of `values`, where 16-bit values are read to before they are widened. */
export function upperHalf(values: Float32Array): Uint16Array {
  return new Uint16Array(values.buffer, values.byteOffset + values.length * 2, values.length);
}

export function widenBfloat16InPlace(values: Float32Array): void {
  const narrow = upperHalf(values);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (narrow[i] as number) << 16;
}

export function widenFloat16InPlace(values: Float32Array): void {
  const narrow = upperHalf(values);
  const table = float16Values();
  for (let i = 0; i < values.length; i++) values[i] = table[narrow[i] as number] as number;
}
