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

let cachedFloat16Values: Float32Array | undefined;

/** The value of each of the 65,536 float16 bit patterns (256 kB, made on first use). */
export function float16Values(): Float32Array {
  cachedFloat16Values ??= Float32Array.from({ length: 65536 }, (_, bits) => float16Value(bits));
  return cachedFloat16Values;
}

/** The float16 that lies at a byte position. */
export function float16At(bytes: Uint8Array, at: number): number {
  return float16Values()[(bytes[at] as number) | ((bytes[at + 1] as number) << 8)] as number;
}

function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
