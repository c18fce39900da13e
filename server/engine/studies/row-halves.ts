import { Random } from "@/lib/numbers/random";

/** Two halves of rows, drawn by a seed and each in the rows' order; the second has the odd one. */
export function rowHalves<Row>(rows: readonly Row[], seed: number): { readonly first: Row[]; readonly second: Row[] } {
  const places = Int32Array.from(rows.keys());
  Random.ofNumbers([seed, 0]).shuffle(places);
  const isFirst = new Set(places.subarray(0, Math.floor(rows.length / 2)));
  return { first: rows.filter((_, row) => isFirst.has(row)), second: rows.filter((_, row) => !isFirst.has(row)) };
}
