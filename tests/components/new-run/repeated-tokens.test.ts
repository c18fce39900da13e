import { expect, it } from "vitest";
import { repeatedTokens } from "@/components/new-run/repeated-tokens";

const token = (id: number, hasLoss = false) => ({ id, text: `t${id}`, hasLoss });
const shown = (tokens: Parameters<typeof repeatedTokens>[0]) => repeatedTokens(tokens).map(({ token: { id }, times }) => [id, times]);

it("shows many equal tokens without loss as one with their number, and all others one by one", () => {
  const image = Array.from({ length: 576 }, () => token(9));
  expect(shown([token(1), ...image, token(2), token(2)])).toEqual([
    [1, 1],
    [9, 576],
    [2, 1],
    [2, 1],
  ]);
  const learned = Array.from({ length: 20 }, () => token(9, true));
  expect(shown(learned)).toEqual(learned.map(({ id }) => [id, 1]));
  expect(shown([])).toEqual([]);
});
