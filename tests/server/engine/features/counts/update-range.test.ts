import { describe, expect, it } from "vitest";
import { countRatio, createUpdateRatios, mergeRatios, updateRange } from "@/server/engine/features/counts/update-range";

function ratiosOf(values: readonly number[]) {
  const ratios = createUpdateRatios();
  for (const value of values) countRatio(ratios, value);
  return ratios;
}

describe("the range of an update", () => {
  it("has its quantiles to a twelfth of an octave, and the largest exactly", () => {
    const values = Array.from({ length: 1000 }, (_, i) => 0.001 * (i + 1));
    const range = updateRange(ratiosOf(values));
    expect(range?.max).toBe(1);
    for (const [found, exact] of [
      [range?.p50, 0.5],
      [range?.p99, 0.99],
    ] as const) {
      expect(found).toBeGreaterThanOrEqual(exact);
      expect(found).toBeLessThanOrEqual(exact * 2 ** (1 / 12));
    }
  });

  it("is that of all parts together, in whatever order they come", () => {
    const [one, other] = [
      [0, 0.01, 0.3],
      [0.02, 7, 40],
    ];
    const whole = updateRange(ratiosOf([...one, ...other]));
    for (const [first, second] of [
      [one, other],
      [other, one],
    ] as const) {
      const merged = ratiosOf(first);
      mergeRatios(merged, ratiosOf(second));
      expect(updateRange(merged)).toEqual(whole);
    }
  });

  it("is not known where nothing was counted, and 0 where the update is", () => {
    expect(updateRange(createUpdateRatios())).toBeNull();
    expect(updateRange(ratiosOf([0, 0]))).toEqual({ p50: 0, p99: 0, max: 0 });
  });
});
