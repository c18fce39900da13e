import { describe, expect, it } from "vitest";
import { diffArms } from "@/components/generation/arm-diff";

const kept = (before: string, after: string) => {
  const [first, second] = [before.split(" "), after.split(" ")];
  const { isInFirst, isInSecond } = diffArms(first, second);
  return [first.filter((_, index) => !isInFirst[index]), second.filter((_, index) => !isInSecond[index])];
};

describe("diffArms", () => {
  it("finds what came in and what went out", () => {
    expect(kept("mix 500 grams of flour with salt", "mix the flour with some salt")).toEqual([
      ["500", "grams", "of"],
      ["the", "some"],
    ]);
  });

  it("finds nothing in equal texts", () => {
    expect(kept("a b c", "a b c")).toEqual([[], []]);
  });

  it("finds an order that changed", () => {
    expect(kept("a b", "b a")).toEqual([["a"], ["a"]]);
  });

  it("takes a text that goes on as what came in", () => {
    expect(diffArms(["a"], ["a", "b"])).toEqual({ isInFirst: [true], isInSecond: [true, false] });
    expect(diffArms([], ["a"])).toEqual({ isInFirst: [], isInSecond: [false] });
  });

  it("does not fill memory with texts that have nothing in common", () => {
    const long = (word: string) => Array.from({ length: 4096 }, (_, index) => `${word}${index}`);
    const { isInFirst } = diffArms(long("a"), long("b"));
    expect(isInFirst.every((isIn) => !isIn)).toBe(true);
  });
});
