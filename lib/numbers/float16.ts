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
