import type { DenseStan } from "./stan-dense";

/** What BatchTopK keeps and writes, by its definition and nothing else, in float64. */
export type DenseBatch = {
  /** Kept latents of each token, ascending. */
  readonly kept: number[][];
  /** The lowest rank among them. */
  readonly smallest: number;
  readonly update: Float64Array;
};

/** Which entries of the pre-activations (tokens, numLatents) are kept. */
type Selects = (z: readonly (readonly number[])[]) => boolean[][];

const at = (values: ArrayLike<number>, i: number) => values[i] as number;

/** Training: the k · n largest of the n counted tokens; of equal ones the first. */
export function largestOver({ k, selection }: DenseStan, isCounted: (token: number) => boolean = () => true): Selects {
  return (z) => {
    const rank = (value: number) => (selection === "abs" ? Math.abs(value) : value);
    const all = z.flatMap((row, token) => (isCounted(token) ? row.map((value, latent) => ({ token, latent, rank: rank(value) })) : []));
    const counted = z.filter((_, token) => isCounted(token)).length;
    const number = Math.min(k, z[0]?.length ?? 0) * counted;
    const chosen = all.toSorted((a, b) => b.rank - a.rank || a.token - b.token || a.latent - b.latent).slice(0, number);
    const kept = z.map((row) => row.map(() => false));
    for (const { token, latent } of chosen) (kept[token] as boolean[])[latent] = true;
    return kept;
  };
}

/** Inference: those above a threshold. */
export function above({ selection }: DenseStan, threshold: number): Selects {
  return (z) => z.map((row) => row.map((value) => (selection === "abs" ? Math.abs(value) : value) > threshold));
}

/** x (tokens, dIn) → update (tokens, dOut) */
export function denseBatch({ E, D, k, alpha, selection }: DenseStan, x: ArrayLike<number>, selects: Selects): DenseBatch {
  const [numLatents, dIn] = E.shape;
  const [dOut] = D.shape;
  const tokens = x.length / dIn;
  const z = Array.from({ length: tokens }, (_, token) =>
    Array.from({ length: numLatents }, (_, j) => {
      let sum = 0;
      for (let c = 0; c < dIn; c++) sum += at(E.data, j * dIn + c) * at(x, token * dIn + c);
      return sum;
    }),
  );
  const isKept = selects(z);
  const update = new Float64Array(tokens * dOut);
  const kept = z.map((row, token) => row.flatMap((_, j) => (isKept[token]?.[j] === true ? [j] : [])));
  let smallest = Number.POSITIVE_INFINITY;
  kept.forEach((own, token) => {
    for (const j of own) {
      const raw = z[token]?.[j] ?? Number.NaN;
      smallest = Math.min(smallest, selection === "abs" ? Math.abs(raw) : raw);
      const value = selection === "relu" ? Math.max(raw, 0) : raw;
      for (let o = 0; o < dOut; o++)
        update[token * dOut + o] = at(update, token * dOut + o) + (alpha / k) * value * at(D.data, o * numLatents + j);
    }
  });
  return { kept, smallest, update };
}

/** ∂/∂values of Σ g · update, by central differences in float64: `values` are E's, D's or x's own, moved and put back. */
export function measuredSlopes(values: Float64Array, g: ArrayLike<number>, updateOf: () => Float64Array): Float64Array {
  const step = 1e-5;
  const lossOf = () => updateOf().reduce((sum, value, i) => sum + value * at(g, i), 0);
  return values.map((value, i) => {
    values[i] = value + step;
    const higher = lossOf();
    values[i] = value - step;
    const lower = lossOf();
    values[i] = value;
    return (higher - lower) / (2 * step);
  });
}
