import { describe, expect, it } from "vitest";
import { distinctPairs, injectedNorm, meanKl } from "@/components/generation/arm-numbers";
import { begin, fail, receive, stop } from "@/components/generation/generation";
import { generationCsv } from "@/components/generation/generation-csv";
import { stripsOf } from "@/components/generation/strips-of";
import type { GeneratedToken } from "@/lib/contract/generate";

const token = (id: number, change: Partial<GeneratedToken> = {}): GeneratedToken => ({
  text: ` w${id}`,
  id,
  logProbability: -0.5,
  klToBase: null,
  klToAdapter: null,
  activations: [],
  injectedNorm: null,
  ...change,
});
const latent = { module: "layers.0.v_proj", index: 3 };

describe("a generation", () => {
  it("takes in tokens arm by arm, in their order", () => {
    const after = receive(begin(["base", "edited"]), [
      { kind: "loading", message: "Loading the model" },
      { kind: "start", promptTokens: [{ text: "a", id: 1 }], watched: [latent] },
      { kind: "token", arm: "base", token: token(5) },
      { kind: "token", arm: "edited", token: token(7) },
      { kind: "token", arm: "base", token: token(11) },
      { kind: "armEnd", arm: "base", reason: "endOfText", text: " w5 w11" },
    ]);
    expect(after.arms.base?.tokens.map(({ id }) => id)).toEqual([5, 11]);
    expect(after.arms.base?.end).toBe("endOfText");
    expect(after.arms.edited?.end).toBeNull();
    expect(after.arms.adapter).toBeNull();
    expect([after.status, after.loading, after.watched]).toEqual(["running", null, [latent]]);
  });

  it("is done with its speed", () => {
    expect(receive(begin(["base"]), [{ kind: "end", tokensPerSecond: 41 }])).toMatchObject({ status: "done", tokensPerSecond: 41 });
  });

  it("keeps what came before an error or a stop", () => {
    const some = receive(begin(["base"]), [{ kind: "token", arm: "base", token: token(5) }]);
    expect(receive(some, [{ kind: "error", message: "out of memory" }])).toMatchObject({
      status: "failed",
      error: "out of memory",
      arms: { base: { tokens: [{ id: 5 }] } },
    });
    expect(stop(some)).toMatchObject({ status: "stopped", arms: { base: { tokens: [{ id: 5 }] } } });
    expect(stop(fail(some, "gone")).status).toBe("failed");
  });
});

describe("numbers of an arm", () => {
  it("take the mean over the tokens of which something is known", () => {
    expect(meanKl([token(1, { klToBase: 1 }), token(2, { klToBase: 3 }), token(3)], "base")).toEqual({ mean: 2, count: 2 });
    expect(meanKl([token(1)], "adapter")).toBeNull();
  });

  it("count distinct pairs of neighbours", () => {
    expect(distinctPairs([1, 2, 1, 2, 1].map((id) => token(id)))).toBe(0.5);
    expect(distinctPairs([token(1)])).toBeNull();
  });

  it("know the mean and the largest injected norm, and none in an arm without edits", () => {
    expect(injectedNorm([token(1, { injectedNorm: 0.1 }), token(2, { injectedNorm: 0.3 })])).toEqual({ mean: 0.2, most: 0.3 });
    expect(injectedNorm([token(1)])).toBeNull();
  });
});

describe("strips", () => {
  const tokens = [token(1, { klToBase: 0.5, klToAdapter: 0, activations: [-2], injectedNorm: 0.1 }), token(2, { activations: [null] })];
  const of = (arm: "base" | "adapter" | "edited", top: number) =>
    stripsOf(
      arm,
      tokens,
      [latent],
      () => "0 v_proj 3",
      () => top,
    );

  it("number what an arm has, and leave out what was not measured", () => {
    expect(of("edited", 7).map(({ short, name }) => [short, name])).toEqual([
      ["1", "KL edited ‖ base"],
      ["2", "KL edited ‖ adapter"],
      ["3", "0 v_proj 3"],
      ["4", "injected norm"],
    ]);
    expect(of("base", 7).map(({ name }) => name)).toEqual(["0 v_proj 3"]);
  });

  it("colour a latent on its module's scale, or on what came where that is not known", () => {
    expect(of("base", 7)[0]?.max).toBe(7);
    expect(of("base", 0)[0]?.max).toBe(2);
  });
});

it("writes every token of every arm as CSV", () => {
  const generation = receive(begin(["base", "adapter"]), [
    { kind: "start", promptTokens: [], watched: [latent] },
    { kind: "token", arm: "base", token: token(5, { activations: [null] }) },
    { kind: "token", arm: "adapter", token: token(7, { klToBase: 0.25, activations: [1.5] }) },
  ]);
  expect(generationCsv(generation).trim().split("\r\n")).toEqual([
    "arm,position,id,token,logProbability,klToBase,klToAdapter,injectedNorm,layers.0.v_proj 3",
    "base,0,5, w5,-0.5,,,,",
    "adapter,0,7, w7,-0.5,0.25,,,1.5",
  ]);
});
