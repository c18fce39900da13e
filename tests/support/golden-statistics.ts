import { readFileSync } from "node:fs";

/** The cases of a file that `tests/golden/statistics/make.py` wrote. */
export function goldenStatistics<Cases>(name: string): Cases {
  return (JSON.parse(readFileSync(`tests/golden/statistics/${name}.json`, "utf8")) as { cases: Cases }).cases;
}

/** The largest error of values to expected ones, relative where those are above 1; both not finite (null) is no error. */
export function largestError(pairs: readonly (readonly [value: number, expected: number | null])[]): number {
  return Math.max(
    ...pairs.map(([value, expected]) => {
      if (expected === null) return Number.isFinite(value) ? Number.POSITIVE_INFINITY : 0;
      const error = Math.abs(value - expected) / Math.max(1, Math.abs(expected));
      return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    }),
  );
}
