import { expect, it } from "vitest";
import { distinctPairs, injectedNorm, meanKl } from "@/components/generation/arm-numbers";
import { token } from "@/tests/components/generation/tokens";

it("takes means over the tokens of which something is known", () => {
  expect(meanKl([token(1, { klToBase: 1 }), token(2, { klToBase: 3 }), token(3)], "base")).toEqual({ mean: 2, count: 2 });
  expect(meanKl([token(1)], "adapter")).toBeNull();
});

it("counts distinct pairs of neighbours", () => {
  expect(distinctPairs([1, 2, 1, 2, 1].map((id) => token(id)))).toBe(0.5);
  expect(distinctPairs([token(1)])).toBeNull();
});

it("knows the mean and the largest injected norm, and none in an arm without edits", () => {
  expect(injectedNorm([token(1, { injectedNorm: 0.1 }), token(2, { injectedNorm: 0.3 })])).toEqual({ mean: 0.2, most: 0.3 });
  expect(injectedNorm([token(1)])).toBeNull();
});
