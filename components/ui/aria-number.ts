/** A number as ARIA's attributes take it, without an exponent: to a millionth. Say small ones in `aria-valuetext`. */
export function ariaNumber(value: number): number {
  return Number(value.toFixed(6));
}
