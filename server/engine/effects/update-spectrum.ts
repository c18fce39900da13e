import { mostSpectrumRank } from "@/lib/contract/latent";
import { symmetricEigen } from "@/lib/numbers/symmetric-eigen";
import type { AttachedModule } from "@/server/engine/methods/attached-module";
import { readFloats } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { tidy } from "@/server/engine/tensor/scope";

/** Directions that are kept of a module's spectrum (our choice). */
const mostDirections = 64;

/** The singular values of what a module's dense components together add to its weights, M = scaling · B A. */
export type UpdateSpectrum = {
  /** Largest first, at most `mostDirections`. */
  readonly singularValues: Float32Array;
  /** exp of the entropy of all singular values over their sum (Roy and Vetterli 2007); 0 of an update of 0. */
  readonly effectiveRank: number;
  /**
   * (rank · directions): the share that component i writes of direction k, uₖᵀ (scaling · bᵢ aᵢᵀ) vₖ / σₖ, at i · directions + k. Those of one direction
   * add up to 1.
   */
  readonly shares: Float32Array;
};

export type DenseWeights = {
  /** By component: scaling · ‖bᵢ‖ · ‖aᵢ‖, the norm and only singular value of what it alone adds. */
  readonly norms: Float32Array;
  /** Undefined where both the components and the narrower side of the module are more than `mostSpectrumRank`. */
  readonly spectrum: UpdateSpectrum | undefined;
};

/** Below this part of the largest, a singular value of float32 weights is rounding. */
const rounding = 1e-7;

/** What the components of a module add to its weights, from its vectors alone. */
export function* denseWeights(attached: Pick<AttachedModule, "module" | "vectors">): InParts<DenseWeights> {
  const { numLatents: rank, scaling } = attached.module;
  const [A, B] = tidy(() => [readFloats(attached.vectors("encoder")), readFloats(attached.vectors("decoder"))] as const);
  yield;
  const norms = Float32Array.from(
    { length: rank },
    (_, i) => Math.abs(scaling) * Math.sqrt(rowProduct(A, rank, i, i) * rowProduct(B, rank, i, i)),
  );
  const [narrow, wide] = A.length < B.length ? [A, B] : [B, A];
  const width = narrow.length / rank;
  if (Math.min(rank, width) > mostSpectrumRank) return { norms, spectrum: undefined };
  yield;
  const products = gram(wide, rank);
  yield;
  const coordinates = width < rank ? Float64Array.from(narrow) : choleskyOf(gram(narrow, rank), rank);
  yield;
  return { norms, spectrum: yield* spectrumOf(coordinates, products, rank, scaling) };
}

/**
 * X has what each component reads or what it writes, whichever is narrower, Y the other. The squared singular values of M are the eigenvalues of
 * scaling² · Xᵀ (Y Yᵀ) X, with eigenvectors vₖ; component i's share of direction k is scaling² · (X vₖ)ᵢ (Y Yᵀ X vₖ)ᵢ / σₖ².
 *
 * @param X (rank, n): the vectors themselves, or L of X Xᵀ = L Lᵀ, the same vectors in an orthonormal basis of their span
 * @param others Y Yᵀ (rank, rank)
 */
function* spectrumOf(X: Float64Array, others: Float64Array, rank: number, scaling: number): InParts<UpdateSpectrum> {
  const n = X.length / rank;
  const core = product(transposed(X, n), product(others, X, rank), rank);
  yield;
  const { values, vectors } = yield* symmetricEigen(core, n);
  const all = values.map((value) => Math.abs(scaling) * Math.sqrt(Math.max(0, value)));
  const floor = rounding * (all[0] ?? 0);
  const singular = all.map((value) => (value > floor ? value : 0));
  const directions = Math.min(n, mostDirections);
  const along = product(X, vectors, n);
  const opposite = product(others, along, rank);
  yield;
  const shares = new Float32Array(rank * directions);
  for (let i = 0; i < rank; i++) {
    for (let k = 0; k < directions; k++) {
      const square = (singular[k] as number) ** 2;
      const part = scaling ** 2 * (along[i * n + k] as number) * (opposite[i * n + k] as number);
      shares[i * directions + k] = square === 0 ? 0 : part / square;
    }
  }
  return { singularValues: Float32Array.from(singular.subarray(0, directions)), effectiveRank: effectiveRankOf(singular), shares };
}

/** exp(−Σ p log p) of p = σ / Σσ. */
export function effectiveRankOf(singularValues: ArrayLike<number>): number {
  const values = Array.from(singularValues).filter((value) => value > 0);
  const sum = values.reduce((total, value) => total + value, 0);
  return sum === 0 ? 0 : Math.exp(-values.reduce((total, value) => total + (value / sum) * Math.log(value / sum), 0));
}

/** Products of every two rows of x (n, d), as (n, n). */
function gram(x: Float32Array, n: number): Float64Array {
  const products = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const both = rowProduct(x, n, i, j);
      products[i * n + j] = both;
      products[j * n + i] = both;
    }
  }
  return products;
}

/** Of rows i and j of x (n, d). */
function rowProduct(x: Float32Array, n: number, i: number, j: number): number {
  const width = x.length / n;
  let sum = 0;
  for (let at = 0; at < width; at++) sum += (x[i * width + at] as number) * (x[j * width + at] as number);
  return sum;
}

/** L of a positive semidefinite matrix: lower triangular, with L Lᵀ the matrix; a column is 0 where nothing but rounding is left. */
function choleskyOf(matrix: Float64Array, n: number): Float64Array {
  const L = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const own = matrix[j * n + j] as number;
    let left = own;
    for (let k = 0; k < j; k++) left -= (L[j * n + k] as number) ** 2;
    if (left <= 1e-14 * own) continue;
    const pivot = Math.sqrt(left);
    L[j * n + j] = pivot;
    for (let i = j + 1; i < n; i++) {
      let rest = matrix[i * n + j] as number;
      for (let k = 0; k < j; k++) rest -= (L[i * n + k] as number) * (L[j * n + k] as number);
      L[i * n + j] = rest / pivot;
    }
  }
  return L;
}

/** a (n, inner) times b (inner, m), as (n, m). */
function product(a: Float64Array, b: Float64Array, inner: number): Float64Array {
  const [n, m] = [a.length / inner, b.length / inner];
  const into = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < inner; k++) {
      const factor = a[i * inner + k] as number;
      if (factor === 0) continue;
      for (let j = 0; j < m; j++) into[i * m + j] = (into[i * m + j] as number) + factor * (b[k * m + j] as number);
    }
  }
  return into;
}

/** @param width of the rows of a */
function transposed(a: Float64Array, width: number): Float64Array {
  const rows = a.length / width;
  return a.map((_, at) => a[(at % rows) * width + Math.floor(at / rows)] as number);
}
