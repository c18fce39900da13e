import { describe, expect, it } from "vitest";
import { passesByLength, passesInOrder } from "@/server/engine/training/passes";

const computed = (lengths: readonly number[], passes: readonly number[][]) =>
  passes.reduce((sum, rows) => sum + rows.length * Math.max(...rows.map((row) => lengths[row] ?? 0)), 0);

describe("the passes of a step", () => {
  it("keep rows together that are equally long", () => {
    expect(passesByLength([40, 40, 40, 40], 8)).toEqual([[0, 1, 2, 3]]);
  });

  it("keep rows together where another pass would cost more than it saves", () => {
    expect(passesByLength([30, 40, 35], 8)).toEqual([[0, 2, 1]]);
  });

  it("part short rows from a long one", () => {
    expect(passesByLength([20, 500, 22, 21], 8)).toEqual([[0, 3, 2], [1]]);
  });

  it("hold as many rows as may share a pass, and each row once", () => {
    const lengths = Array.from({ length: 37 }, (_, row) => 1 + ((row * 53) % 90));
    for (const most of [1, 4, 36, 37, 100]) {
      const passes = passesByLength(lengths, most);
      expect(passes.every((rows) => rows.length <= most)).toBe(true);
      expect(passes.flat().sort((a, b) => a - b)).toEqual(Array.from(lengths.keys()));
      expect(computed(lengths, passes)).toBeLessThanOrEqual(computed(lengths, passesInOrder(lengths.length, most)));
    }
  });

  it("are none of no rows", () => {
    expect(passesByLength([], 4)).toEqual([]);
    expect(passesInOrder(0, 4)).toEqual([]);
  });

  it("are in the order given where the split is to stay", () => {
    expect(passesInOrder(5, 2)).toEqual([[0, 1], [2, 3], [4]]);
  });
});
