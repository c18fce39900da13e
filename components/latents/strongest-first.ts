/** By |activation|: a dense component's largest may have either sign. Of equal ones the order stays. */
export function strongestFirst<Active extends { readonly activation: number }>(all: readonly Active[]): Active[] {
  return all.toSorted((a, b) => Math.abs(b.activation) - Math.abs(a.activation));
}
