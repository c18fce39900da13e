import { describe, expect, it } from "vitest";
import { routeTokens, routingGradient, tokensByExpert } from "@/server/engine/models/decoders/experts/routing";

const settings = (isNormalised: boolean) => ({ count: 4, perToken: 2, dFeedForward: 3, isNormalised });

/** Two tokens; the second finds experts 0 and 2 equally likely. */
const logits = Float32Array.of(0, Math.log(2), Math.log(4), 0, Math.log(3), 0, Math.log(3), 0);

describe("the choice of experts", () => {
  it("takes the likeliest, of equal ones the first, with their parts of the softmax over all", () => {
    const { experts, weights } = routeTokens(logits, settings(false));
    expect([...experts]).toEqual([2, 1, 0, 2]);
    expect([...weights]).toEqual([4 / 8, 2 / 8, 3 / 8, 3 / 8].map((weight) => expect.closeTo(weight, 6)));
  });

  it("makes the weights of a token sum to 1 where the model does", () => {
    const { weights } = routeTokens(logits, settings(true));
    expect([...weights]).toEqual([2 / 3, 1 / 3, 1 / 2, 1 / 2].map((weight) => expect.closeTo(weight, 6)));
  });

  it("lists each expert's tokens, and where each token finds its outputs among them", () => {
    const { groups, places } = tokensByExpert(routeTokens(logits, settings(true)));
    expect(groups.map(({ expert, tokens }) => [expert, ...tokens])).toEqual([
      [0, 1],
      [1, 0],
      [2, 0, 1],
    ]);
    // Rows of the outputs: token 1 by expert 0, token 0 by expert 1, tokens 0 and 1 by expert 2.
    expect(places.map((place) => [...place])).toEqual([
      [2, 0],
      [1, 3],
    ]);
  });

  it.each([true, false])("has the gradient that finite differences have (weights that sum to 1: %s)", (isNormalised) => {
    const own = Float32Array.of(0.3, -0.4, 0.9, 0.2);
    const slopes = Float32Array.of(0.7, -1.3);
    const loss = (values: Float32Array) =>
      routeTokens(values, settings(isNormalised)).weights.reduce((sum, w, i) => sum + w * (slopes[i] ?? 0), 0);
    const gradient = routingGradient(routeTokens(own, settings(isNormalised)), slopes);
    own.forEach((value, i) => {
      const at = (by: number) => loss(own.with(i, value + by));
      expect(gradient[i]).toBeCloseTo((at(0.01) - at(-0.01)) / 0.02, 4);
    });
  });
});
