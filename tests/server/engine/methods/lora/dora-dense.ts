/** W (dOut, dIn), A (rank, dIn), B (dOut, rank), m and bias (dOut); the mask of dropout (tokens, dIn). */
export type DenseDora = {
  readonly W: Float32Array;
  readonly bias: Float32Array;
  readonly A: Float32Array;
  readonly B: Float32Array;
  readonly m: Float32Array;
  readonly scaling: number;
  readonly mask: Float32Array | undefined;
};

/**
 * h = base + (m/n − 1) ⊙ y0 + m/n ⊙ s · B A x̃, where x̃ is x after dropout, n = ‖W + s · B A‖ by row and a constant, and y0 is W x̃ under dropout, else
 * base − bias: written out in float64 with nothing of the engine. The gradients leave out what reaches x through `base` itself.
 *
 * @param x (tokens, dIn); base and g = ∂L/∂h (tokens, dOut)
 */
export function denseDora({ W, bias, A, B, m, scaling, mask }: DenseDora, x: Float32Array, base: Float32Array, g: Float32Array) {
  const dOut = m.length;
  const dIn = W.length / dOut;
  const rank = A.length / dIn;
  const tokens = x.length / dIn;
  const at = (values: ArrayLike<number>, i: number) => values[i] as number;
  const sum = (length: number, term: (i: number) => number) => {
    let total = 0;
    for (let i = 0; i < length; i++) total += term(i);
    return total;
  };
  const BA = (o: number, c: number) => sum(rank, (r) => at(B, o * rank + r) * at(A, r * dIn + c));
  const norms = Array.from({ length: dOut }, (_, o) => Math.sqrt(sum(dIn, (c) => (at(W, o * dIn + c) + scaling * BA(o, c)) ** 2)));
  const gain = (o: number) => at(m, o) / at(norms, o);
  const dropped = Float64Array.from(x, (value, i) => value * (mask === undefined ? 1 : at(mask, i)));
  const z = Float64Array.from({ length: tokens * rank }, (_, i) => {
    const [t, r] = [Math.floor(i / rank), i % rank];
    return sum(dIn, (c) => at(A, r * dIn + c) * at(dropped, t * dIn + c));
  });
  const each = (values: number, make: (t: number, o: number) => number) =>
    Float64Array.from({ length: tokens * values }, (_, i) => make(Math.floor(i / values), i % values));
  const plain = each(dOut, (t, o) =>
    mask === undefined ? at(base, t * dOut + o) - at(bias, o) : sum(dIn, (c) => at(W, o * dIn + c) * at(dropped, t * dIn + c)),
  );
  const low = each(dOut, (t, o) => scaling * sum(rank, (r) => at(B, o * rank + r) * at(z, t * rank + r)));
  const dZ = each(rank, (t, r) => scaling * sum(dOut, (o) => at(g, t * dOut + o) * gain(o) * at(B, o * rank + r)));
  return {
    output: each(dOut, (t, o) => at(base, t * dOut + o) + (gain(o) - 1) * at(plain, t * dOut + o) + gain(o) * at(low, t * dOut + o)),
    dM: Float64Array.from({ length: dOut }, (_, o) =>
      sum(tokens, (t) => (at(g, t * dOut + o) * (at(plain, t * dOut + o) + at(low, t * dOut + o))) / at(norms, o)),
    ),
    dB: Float64Array.from({ length: dOut * rank }, (_, i) => {
      const [o, r] = [Math.floor(i / rank), i % rank];
      return sum(tokens, (t) => at(g, t * dOut + o) * gain(o) * scaling * at(z, t * rank + r));
    }),
    dA: Float64Array.from({ length: rank * dIn }, (_, i) => {
      const [r, c] = [Math.floor(i / dIn), i % dIn];
      return sum(tokens, (t) => at(dZ, t * rank + r) * at(dropped, t * dIn + c));
    }),
    dX: each(dIn, (t, c) => {
      const throughComponents = sum(rank, (r) => at(dZ, t * rank + r) * at(A, r * dIn + c));
      const throughBase = sum(dOut, (o) => at(g, t * dOut + o) * (gain(o) - 1) * at(W, o * dIn + c));
      return (throughComponents + throughBase) * (mask === undefined ? 1 : at(mask, t * dIn + c));
    }),
  };
}
