import { expect, test } from "vitest";
import { fastestOf } from "@/scripts/link/measure-products.mjs";

/** Ways that take so many milliseconds of a clock of their own. */
function timed(milliseconds: Readonly<Record<string, () => number>>) {
  let now = 0;
  const spend = (took: () => number) => () => {
    now += took();
  };
  const ways = Object.fromEntries(Object.entries(milliseconds).map(([name, took]) => [name, spend(took)]));
  return fastestOf(ways, () => now);
}

test("the way that takes least time is chosen", () => {
  expect(timed({ tiles: () => 3, library: () => 2, widened: () => 4 })).toBe("library");
});

test("a way that is slow on this processor is not chosen", () => {
  expect(timed({ tiles: () => 300, library: () => 20, widened: () => 19 })).toBe("widened");
});

test("a first call does not count, nor do those that other work slows down", () => {
  const times = [500, 90, 90, 90, 1, 90, 90, 90];
  expect(timed({ tiles: () => times.shift() ?? 1, library: () => 2 })).toBe("tiles");
});
