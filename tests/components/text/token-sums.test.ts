import { expect, it } from "vitest";
import { activationsOf, largestOf, sumsByToken } from "@/components/text/token-sums";
import { reading } from "./readings";

const first = reading("a", 2, {
  indices: [5, 7, 7, 3],
  activations: [1, -2, 3, 4],
  outputShares: [1.5, -0.5, 0.5, 0.5],
  attributions: [-1, 0.5, 2, 0],
});
const second = reading("b", 1, { indices: [2, 2], activations: [1, 1], outputShares: [1, 1] });

it("adds sizes up over latents and modules, token by token", () => {
  expect([...sumsByToken([first, second], 2, "outputShare")]).toEqual([3, 2]);
  expect([...sumsByToken([first, second], 2, "attribution")]).toEqual([1.5, 2]);
});

it("gives one latent's activation at each token", () => {
  expect([...activationsOf(first, 7, 2)]).toEqual([-2, 3]);
  expect([...activationsOf(first, 5, 2)]).toEqual([1, 0]);
});

it("takes the top of a scale by size", () => {
  expect(largestOf([1, -4, 2])).toBe(4);
  expect(largestOf([])).toBe(0);
});
