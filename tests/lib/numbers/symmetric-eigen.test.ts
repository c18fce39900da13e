import { expect, it } from "vitest";
import { symmetricEigen } from "@/lib/numbers/symmetric-eigen";
import { wholly } from "@/server/engine/tensor/in-parts";
import { randomStream } from "@/tests/server/engine/features/random-pass";

it("finds the eigenvalues 3 and 1 of [[2, 1], [1, 2]], the larger first", () => {
  const { values, vectors } = wholly(symmetricEigen(Float64Array.of(2, 1, 1, 2), 2));
  expect(values[0]).toBeCloseTo(3, 12);
  expect(values[1]).toBeCloseTo(1, 12);
  expect((vectors[0] ?? 0) * (vectors[2] ?? 0)).toBeCloseTo(0.5, 12);
  expect((vectors[1] ?? 0) * (vectors[3] ?? 0)).toBeCloseTo(-0.5, 12);
});

it("takes a matrix apart so that its parts make it again, and leaves it unchanged", () => {
  const n = 24;
  const random = randomStream(5);
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = random() - 0.5;
  const before = matrix.slice();
  const { values, vectors } = wholly(symmetricEigen(matrix, n));
  expect(matrix).toEqual(before);
  const at = (i: number, k: number) => vectors[i * n + k] ?? 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const made = values.reduce((sum, value, k) => sum + value * at(i, k) * at(j, k), 0);
      expect(made).toBeCloseTo(before[i * n + j] ?? 0, 11);
      const product = Array.from({ length: n }, (_, row) => at(row, i) * at(row, j)).reduce((sum, one) => sum + one, 0);
      expect(product).toBeCloseTo(i === j ? 1 : 0, 11);
    }
  }
  expect([...values]).toEqual([...values].sort((a, b) => b - a));
});

it("takes a matrix of zeros", () => {
  expect(wholly(symmetricEigen(new Float64Array(9), 3)).values).toEqual(new Float64Array(3));
});
