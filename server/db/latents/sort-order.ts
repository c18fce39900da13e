const digitBits = 16;
const digits = 1 << digitBits;
const passes = 64 / digitBits;

/**
 * The places of values in ascending order, NaN last, equal ones by place: a radix sort, which takes the same time whatever the values are.
 *
 * @returns uint32 places, as many as there are values
 */
export function sortOrder(values: Float64Array): Uint32Array {
  const { length } = values;
  let present = 0;
  for (let i = 0; i < length; i++) if (!Number.isNaN(values[i])) present++;
  let places = new Uint32Array(length);
  let other = new Uint32Array(length);
  let next = 0;
  let absent = present;
  for (let i = 0; i < length; i++) {
    if (Number.isNaN(values[i])) places[absent++] = i;
    else places[next++] = i;
  }
  other.set(places.subarray(present), present);
  const keys = sortableKeys(values);
  const starts = new Uint32Array(digits + 1);
  for (let pass = 0; pass < passes; pass++) {
    starts.fill(0);
    for (let i = 0; i < present; i++) {
      const digit = keys[(places[i] as number) * passes + pass] as number;
      starts[digit + 1] = (starts[digit + 1] as number) + 1;
    }
    // Where all share a digit, the pass would move nothing.
    if (starts.some((count) => count === present)) continue;
    for (let digit = 0; digit < digits; digit++) starts[digit + 1] = (starts[digit + 1] as number) + (starts[digit] as number);
    for (let i = 0; i < present; i++) {
      const place = places[i] as number;
      const digit = keys[place * passes + pass] as number;
      const at = starts[digit] as number;
      starts[digit] = at + 1;
      other[at] = place;
    }
    [places, other] = [other, places];
  }
  return places;
}

/** Four digits a value, the lowest first, whose order as unsigned numbers is the values' own: negative numbers with all bits flipped, others with the sign's. */
function sortableKeys(values: Float64Array): Uint16Array {
  const words = new Uint32Array(values.length * 2);
  const bits = new Float64Array(1);
  const [own] = [new Uint32Array(bits.buffer)];
  for (let i = 0; i < values.length; i++) {
    // −0 + 0 is 0: the two zeros are equal.
    bits[0] = (values[i] as number) + 0;
    const low = own[0] as number;
    const high = own[1] as number;
    const isNegative = high >>> 31 === 1;
    words[i * 2] = isNegative ? ~low : low;
    words[i * 2 + 1] = isNegative ? ~high : high ^ 0x80000000;
  }
  return new Uint16Array(words.buffer);
}
