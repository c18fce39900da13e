import { describe, expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";
import { assign } from "@/lib/numbers/statistics/assign";
import { goldenStatistics } from "@/tests/support/golden-statistics";

type Case = { rows: number; columns: number; weights: number[]; sum: number; columnOfRow: number[] };
const cases = goldenStatistics<Case[]>("assignment");

function sumOf(weights: ArrayLike<number>, columns: number, columnOfRow: Int32Array): number {
  return columnOfRow.reduce((sum, column, row) => sum + (column < 0 ? 0 : (weights[row * columns + column] as number)), 0);
}

describe("assign", () => {
  it("reaches the sum of scipy's linear_sum_assignment, with ties and either side the larger", () => {
    for (const { rows, columns, weights, sum } of cases) {
      const columnOfRow = assign(Float64Array.from(weights), rows, columns);
      const taken = [...columnOfRow].filter((column) => column >= 0);
      expect(taken.length).toBe(Math.min(rows, columns));
      expect(new Set(taken).size).toBe(taken.length);
      expect(sumOf(weights, columns, columnOfRow)).toBeCloseTo(sum, 10);
    }
  });

  it("takes scipy's pairs where no other have the same sum", () => {
    for (const { rows, columns, weights, columnOfRow } of cases.filter((_, i) => i % 2 === 0))
      expect([...assign(Float64Array.from(weights), rows, columns)]).toEqual(columnOfRow);
  });

  it("finds a permutation of 512 among noise, in which every row's own column is the largest of neither", () => {
    const size = 512;
    const random = new Random(1);
    const places = Int32Array.from({ length: size }, (_, i) => i);
    random.shuffle(places);
    // Potentials hide the permutation from whoever takes rows' or columns' maxima; they move every assignment's sum alike.
    const [rowShift, columnShift] = [0, 1].map(() => Float64Array.from({ length: size }, () => 5 * random.nextNormal())) as [
      Float64Array,
      Float64Array,
    ];
    const weights = Float64Array.from({ length: size * size }, (_, i) => {
      const [row, column] = [Math.floor(i / size), i % size];
      return (places[row] === column ? 1.5 : random.next()) + (rowShift[row] as number) + (columnShift[column] as number);
    });
    expect(assign(weights, size, size)).toEqual(places);
  });

  it("assigns nothing to nothing and refuses what is no matrix", () => {
    expect([...assign(new Float64Array(0), 0, 3)]).toEqual([]);
    expect([...assign(new Float64Array(0), 2, 0)]).toEqual([-1, -1]);
    expect(() => assign(Float64Array.of(1, 2, 3), 2, 2)).toThrow("3 weights are not 2 rows of 2");
    expect(() => assign(Float64Array.of(1, 2, Number.NaN, 3), 2, 2)).toThrow("row 1 and column 0 is NaN");
  });
});
