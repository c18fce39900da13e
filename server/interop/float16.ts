const word = new DataView(new ArrayBuffer(4));

/** The bits of the nearest half-precision number, ties to even; beyond 65 504 infinity. */
export function toFloat16(value: number): number {
  word.setFloat32(0, value);
  const bits = word.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  const half = exponent - 112;
  if (half >= 0x1f) return sign | 0x7c00;
  if (half > 0) return sign + roundToEven((half << 23) | fraction, 13);
  // A subnormal half: the hidden bit is written out, and the fraction moves down with the exponent.
  return half < -10 ? sign : sign + roundToEven(fraction | 0x800000, 14 - half);
}

/** Shifts right; a carry out of the fraction moves into the exponent, which is what rounding up asks for. */
function roundToEven(bits: number, shift: number): number {
  const kept = bits >>> shift;
  const rest = bits & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0);
}
