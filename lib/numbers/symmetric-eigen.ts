/** Eigenvalues of a symmetric matrix, largest first, and its eigenvectors as columns of a matrix, row by row. */
export type SymmetricEigen = { readonly values: Float64Array; readonly vectors: Float64Array };

/** Off-diagonal entries below this part of the matrix's norm are 0 to rounding. */
const rounding = 1e-15;
const mostSweeps = 40;

/**
 * Jacobi's method: rotates away one off-diagonal entry after another until all are 0 to rounding. Yields after each sweep over the matrix.
 *
 * @param matrix symmetric, (n, n) row by row; not changed
 */
export function* symmetricEigen(matrix: Float64Array, n: number): Generator<undefined, SymmetricEigen, void> {
  const a = matrix.slice();
  // Eigenvectors as rows: neighbouring entries are rotated faster.
  const v = identity(n);
  const limit = rounding * Math.sqrt(a.reduce((sum, value) => sum + value * value, 0));
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let isDone = true;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const entry = a[p * n + q] as number;
        if (Math.abs(entry) <= limit) continue;
        isDone = false;
        const theta = ((a[q * n + q] as number) - (a[p * n + p] as number)) / (2 * entry);
        const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const cos = 1 / Math.hypot(tangent, 1);
        rotate(a, n, p, q, entry, tangent);
        rotateRows(v, n, p, q, cos, tangent * cos);
      }
    }
    if (isDone) break;
    yield;
  }
  return sorted(a, v, n);
}

/** Rows and columns p and q of a symmetric matrix, so that its entry (p, q) becomes 0. */
function rotate(a: Float64Array, n: number, p: number, q: number, entry: number, tangent: number): void {
  const [ofP, ofQ] = [a[p * n + p] as number, a[q * n + q] as number];
  const cos = 1 / Math.hypot(tangent, 1);
  rotateRows(a, n, p, q, cos, tangent * cos);
  for (let i = 0; i < n; i++) {
    a[i * n + p] = a[p * n + i] as number;
    a[i * n + q] = a[q * n + i] as number;
  }
  a[p * n + p] = ofP - tangent * entry;
  a[q * n + q] = ofQ + tangent * entry;
  a[p * n + q] = 0;
  a[q * n + p] = 0;
}

function rotateRows(a: Float64Array, n: number, p: number, q: number, cos: number, sin: number): void {
  const [ofP, ofQ] = [p * n, q * n];
  for (let i = 0; i < n; i++) {
    const one = a[ofP + i] as number;
    const other = a[ofQ + i] as number;
    a[ofP + i] = cos * one - sin * other;
    a[ofQ + i] = sin * one + cos * other;
  }
}

function identity(n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) matrix[i * n + i] = 1;
  return matrix;
}

function sorted(a: Float64Array, v: Float64Array, n: number): SymmetricEigen {
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => (a[j * n + j] as number) - (a[i * n + i] as number));
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    for (let i = 0; i < n; i++) vectors[i * n + to] = v[from * n + i] as number;
  });
  return { values: Float64Array.from(order, (i) => a[i * n + i] as number), vectors };
}
