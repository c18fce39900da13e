import { expect, it } from "vitest";
import { commonTokens, readingsAt } from "@/components/generation/strips/positions";
import { begin, receive } from "@/components/generation/takes/generation";
import type { GenerateEvent } from "@/lib/contract/generate";
import { requestOf, token } from "@/tests/components/generation/tokens";

const of = (arm: "base" | "adapter" | "edited", ids: number[]) =>
  ids.map((id): GenerateEvent => ({ kind: "token", arm, token: token(id) }));
const generation = receive(begin(requestOf()), [...of("base", [2, 3, 5]), ...of("adapter", [2, 7, 5]), ...of("edited", [11])]);

it("reads a place in all arms that have read the same until there, and says where they take another token", () => {
  const at = (position: number) => readingsAt(generation, "adapter", position).map(({ arm, token: { id }, isSame }) => [arm, id, isSame]);
  expect(at(0)).toEqual([
    ["base", 2, true],
    ["adapter", 2, true],
    ["edited", 11, false],
  ]);
  expect(at(1)).toEqual([
    ["base", 3, false],
    ["adapter", 7, true],
  ]);
  // The same token again, but after another one.
  expect(at(2)).toEqual([["adapter", 5, true]]);
  expect(at(3)).toEqual([]);
});

it("counts the tokens that two texts begin with alike", () => {
  const [one, other] = [
    [{ id: 2 }, { id: 3 }],
    [{ id: 2 }, { id: 3 }, { id: 5 }],
  ];
  expect([commonTokens(one, other), commonTokens(one, other, 1), commonTokens(one, [])]).toEqual([2, 1, 0]);
});
