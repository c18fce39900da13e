/** M = Σ σ u vᵀ, largest first: `u` and `v` by direction. */
export type Svd = { readonly sigma: number[]; readonly u: number[][]; readonly v: number[][] };

/**
 * One-sided Jacobi (Hestenes 1958): turns pairs of rows of M until all are orthogonal; their lengths are then the singular values. Slow and plain, in float64.
 *
 * @param matrix by rows
 */
export function slowSvd(matrix: readonly (readonly number[])[]): Svd {
  const rows = matrix.map((row) => [...row]);
  const turns = rows.map((_, i) => rows.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 60; sweep++) {
    let largest = 0;
    for (let p = 0; p < rows.length; p++) {
      for (let q = p + 1; q < rows.length; q++) {
        const [one, other] = [rows[p] ?? [], rows[q] ?? []];
        const [alpha, beta, gamma] = [dot(one, one), dot(other, other), dot(one, other)];
        if (Math.abs(gamma) <= 1e-15 * Math.sqrt(alpha * beta) || gamma === 0) continue;
        largest = Math.max(largest, Math.abs(gamma) / Math.sqrt(alpha * beta));
        const zeta = (beta - alpha) / (2 * gamma);
        const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const cos = 1 / Math.sqrt(1 + tangent * tangent);
        turn(one, other, cos, tangent * cos);
        turn(turns[p] ?? [], turns[q] ?? [], cos, tangent * cos);
      }
    }
    if (largest < 1e-14) break;
  }
  const found = rows.map((row, i) => ({ sigma: Math.sqrt(dot(row, row)), row, u: turns[i] ?? [] })).sort((a, b) => b.sigma - a.sigma);
  return {
    sigma: found.map(({ sigma }) => sigma),
    u: found.map(({ u }) => u),
    v: found.map(({ row, sigma }) => row.map((value) => (sigma === 0 ? 0 : value / sigma))),
  };
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

function turn(one: number[], other: number[], cos: number, sin: number): void {
  one.forEach((value, i) => {
    const second = other[i] ?? 0;
    one[i] = cos * value - sin * second;
    other[i] = sin * value + cos * second;
  });
}
