import { expect, it } from "vitest";
import { keptAt } from "@/components/text/kept-at";
import { reading } from "./readings";

it("gives one token's latents, strongest first, without those kept at 0", () => {
  const module = reading("m", 3, { indices: [5, 7, 2, 11, 3, 5], activations: [1, 2, 3, -4, 0, 0.5] });
  expect(keptAt(module, 1)).toEqual([
    { index: 11, activation: -4 },
    { index: 5, activation: 0.5 },
  ]);
});
