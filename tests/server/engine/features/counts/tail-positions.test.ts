import { describe, expect, it } from "vitest";
import { TailPositions, tailCapacity } from "@/server/engine/features/counts/tail-positions";
import { randomStream } from "@/tests/server/engine/features/random-pass";

type Entry = { size: number; token: number };

/** Many of equal size, so that ties are decided. */
function randomEntries(count: number, seed: number): Entry[] {
  const random = randomStream(seed);
  return Array.from({ length: count }, () => ({ size: Math.floor(random() * 40) / 8, token: Math.floor(random() * 30) }));
}

function kept(entries: readonly Entry[], capacity: number): Entry[] {
  const tail = new TailPositions(2, capacity);
  for (const { size, token } of entries) tail.offer(1, size, token);
  return tail.of(1);
}

const plainly = (entries: readonly Entry[], capacity: number) =>
  entries.toSorted((a, b) => b.size - a.size || a.token - b.token).slice(0, capacity);

describe("TailPositions", () => {
  it.each([1, 2, 7, 32, 500])("keeps what sorting all of them and cutting at %i keeps, in whatever order they come", (capacity) => {
    const entries = randomEntries(400, 3);
    expect(kept(entries, capacity)).toEqual(plainly(entries, capacity));
    expect(kept(entries.toReversed(), capacity)).toEqual(plainly(entries, capacity));
  });

  it("is merged as if all had come to one", () => {
    const [one, other] = [new TailPositions(2, 9), new TailPositions(2, 9)];
    const entries = randomEntries(200, 9);
    for (const [at, { size, token }] of entries.entries()) (at % 3 === 0 ? one : other).offer(1, size, token);
    one.merge(other);
    expect(one.of(1)).toEqual(plainly(entries, 9));
    expect(one.of(0)).toEqual([]);
  });

  it("keeps 512 of each sign, fewer where a collection has many latents, never below 32", () => {
    expect([1, 8192, 16384, 1_000_000].map(tailCapacity)).toEqual([512, 512, 256, 32]);
  });
});
