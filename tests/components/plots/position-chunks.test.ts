import { describe, expect, it } from "vitest";
import { chunksOf, isSameWithin } from "@/components/plots/position-chunks";
import { nextPosition } from "@/components/plots/use-position-keys";

describe("a text that is drawn in pieces", () => {
  it("is cut every 32 positions, the last piece as long as it is", () => {
    expect(chunksOf(70)).toEqual([
      { from: 0, to: 32 },
      { from: 32, to: 64 },
      { from: 64, to: 70 },
    ]);
    expect(chunksOf(0)).toEqual([]);
  });

  it("is drawn again only where something changed", () => {
    expect(isSameWithin([2, 3, 5], [7, 3, 5], 1, 3)).toBe(true);
    expect(isSameWithin([2, 3, 5], [2, 3, 7], 1, 3)).toBe(false);
    expect(isSameWithin([2], [2, 3], 0, 2)).toBe(false);
  });
});

describe("keys among positions", () => {
  it("go on, back and to the ends, and stay within", () => {
    const from = (key: string, position: number | null) => nextPosition(key, position, 5);
    expect([from("ArrowRight", null), from("ArrowRight", 3), from("ArrowRight", 4)]).toEqual([0, 4, 4]);
    expect([from("ArrowLeft", null), from("ArrowLeft", 1), from("ArrowLeft", 0)]).toEqual([4, 0, 0]);
    expect([from("Home", 3), from("End", 3), from("j", 3)]).toEqual([0, 4, null]);
    expect(nextPosition("ArrowRight", null, 0)).toBeNull();
  });
});
