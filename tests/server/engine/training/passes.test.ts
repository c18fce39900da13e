import { describe, expect, it } from "vitest";
import { layPasses, type Passes, passesInOrder } from "@/server/engine/training/passes";

const filled = (lengths: readonly number[], places: readonly number[]) => places.reduce((sum, place) => sum + (lengths[place] ?? 0), 0);
const longest = (lengths: readonly number[], pass: readonly (readonly number[])[]) =>
  Math.max(...pass.map((places) => filled(lengths, places)));
const computed = (lengths: readonly number[], passes: Passes) =>
  passes.reduce((sum, pass) => sum + pass.length * longest(lengths, pass), 0);

describe("the passes of a step", () => {
  it("keep texts together that are equally long", () => {
    expect(layPasses([40, 40, 40, 40], 8)).toEqual([[[0], [1], [2], [3]]]);
  });

  it("let short texts share rows no longer than the longest text", () => {
    expect(layPasses([30, 100, 70, 55, 45], 8)).toEqual([[[1], [2, 0], [3, 4]]]);
  });

  it("part short rows from a long one where this saves more than another pass costs", () => {
    expect(layPasses([20, 500, 22, 21], 8)).toEqual([[[2, 3, 0]], [[1]]]);
    expect(layPasses([20, 120, 22, 21], 8)).toEqual([[[2, 3, 0], [1]]]);
  });

  it("hold each text once and no more than may share a pass", () => {
    const lengths = Array.from({ length: 37 }, (_, text) => 1 + ((text * 53) % 90));
    for (const most of [1, 4, 36, 37, 100]) {
      const passes = layPasses(lengths, most);
      expect(passes.every((pass) => pass.length <= most && longest(lengths, pass) <= 90)).toBe(true);
      expect(passes.flat(2).sort((a, b) => a - b)).toEqual(Array.from(lengths.keys()));
      expect(computed(lengths, passes)).toBeLessThan(1.05 * filled(lengths, Array.from(lengths.keys())));
      expect(computed(lengths, passes)).toBeLessThanOrEqual(
        computed(
          lengths,
          passesInOrder(
            Array.from(lengths, (_, text) => [text]),
            most,
          ),
        ),
      );
    }
  });

  it("are none of no texts", () => {
    expect(layPasses([], 4)).toEqual([]);
    expect(passesInOrder([], 4)).toEqual([]);
  });

  it("are in the order given where the split is to stay", () => {
    expect(passesInOrder([[0], [1, 4], [2]], 2)).toEqual([[[0], [1, 4]], [[2]]]);
  });
});
