import { describe, expect, it } from "vitest";
import { begin, receive } from "@/components/generation/takes/generation";
import { addTake, chooseTake, noTakes, seedsOf, shownTake, takeOf, withSeed } from "@/components/generation/takes/takes";
import { requestOf } from "@/tests/components/generation/tokens";

const request = requestOf();
const done = (asked = request) => receive(begin(asked), [{ kind: "end", tokensPerSecond: 2 }]);

describe("what a visit has generated", () => {
  it("shows the newest, and one that is chosen", () => {
    const two = addTake(addTake(noTakes, 1, done()), 2, done(withSeed(request, 3)));
    expect(shownTake(two)?.key).toBe(2);
    expect(shownTake(chooseTake(two, 1))?.key).toBe(1);
    expect(chooseTake(two, 7)).toBe(two);
  });

  it("keeps one answer a request, the newest, and no more than twelve", () => {
    expect(addTake(addTake(noTakes, 1, done()), 2, done()).list.map(({ key }) => key)).toEqual([2]);
    const many = Array.from({ length: 13 }, (_, seed) => seed).reduce(
      (takes, seed) => addTake(takes, seed, done(withSeed(request, seed))),
      noTakes,
    );
    expect(many.list.map(({ key }) => key)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it("finds what the same request gave, if it came to its end", () => {
    expect(takeOf(addTake(noTakes, 1, done()), requestOf())?.key).toBe(1);
    expect(takeOf(addTake(noTakes, 1, begin(request)), request)).toBeUndefined();
    expect(takeOf(addTake(noTakes, 1, done()), requestOf({ prompt: "twice" }))).toBeUndefined();
  });

  it("lists the seeds of the shown request alone", () => {
    const takes = [withSeed(request, 5), requestOf({ prompt: "twice" }), withSeed(request, 2)].reduce(
      (before, asked, key) => addTake(before, key, done(asked)),
      noTakes,
    );
    expect(seedsOf(takes)).toEqual([
      { key: 2, seed: 2 },
      { key: 0, seed: 5 },
    ]);
    expect(seedsOf(noTakes)).toEqual([]);
  });
});
