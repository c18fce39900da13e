import { describe, expect, it } from "vitest";
import { begin, fail, fromKept, receive, stop } from "@/components/generation/takes/generation";
import { generationCsv } from "@/components/generation/takes/generation-csv";
import { requestOf, token } from "@/tests/components/generation/tokens";

const latent = { module: "layers.0.v_proj", index: 3 };

describe("a generation", () => {
  it("takes in tokens arm by arm, in their order", () => {
    const after = receive(begin(requestOf({ arms: ["base", "edited"] })), [
      { kind: "loading", message: "Loading the model" },
      { kind: "start", precision: "float32", promptTokens: [{ text: "a", id: 1 }], watched: [latent] },
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

  it("leaves an arm untouched to which nothing came", () => {
    const before = receive(begin(requestOf({ arms: ["base", "other"] })), [{ kind: "token", arm: "base", token: token(5) }]);
    const after = receive(before, [{ kind: "token", arm: "other", token: token(7) }]);
    expect(after.arms.base).toBe(before.arms.base);
    expect(before.arms.other?.tokens).toEqual([]);
  });

  it("is done with its speed", () => {
    expect(receive(begin(requestOf()), [{ kind: "end", tokensPerSecond: 41 }])).toMatchObject({ status: "done", tokensPerSecond: 41 });
  });

  it("keeps what came before an error or a stop", () => {
    const some = receive(begin(requestOf({ arms: ["base"] })), [{ kind: "token", arm: "base", token: token(5) }]);
    expect(receive(some, [{ kind: "error", message: "out of memory" }])).toMatchObject({
      status: "failed",
      error: "out of memory",
      arms: { base: { tokens: [{ id: 5 }] } },
    });
    expect(stop(some)).toMatchObject({ status: "stopped", arms: { base: { tokens: [{ id: 5 }] } } });
    expect(stop(fail(some, "gone")).status).toBe("failed");
  });

  it("is shown from the history as it was", () => {
    const request = requestOf({ arms: ["edited"] });
    const kept = fromKept({
      id: "g1",
      runId: "r",
      createdAt: "2026-11-25T04:11:00Z",
      prompt: "once",
      editsOn: 0,
      isForced: false,
      arms: [],
      request,
      generated: {
        promptTokens: [{ text: "once", id: 2 }],
        watched: [latent],
        arms: [{ arm: "edited", text: " w5", reason: "maxTokens", tokens: [token(5)] }],
        tokensPerSecond: 7,
      },
    });
    expect(kept).toMatchObject({ status: "done", request, keptAt: "2026-11-25T04:11:00Z", watched: [latent], tokensPerSecond: 7 });
    expect(kept.arms).toEqual({ base: null, adapter: null, edited: { tokens: [token(5)], end: "maxTokens" }, other: null });
  });
});

it("writes every token of every arm as CSV", () => {
  const generation = receive(begin(requestOf({ arms: ["base", "adapter"] })), [
    { kind: "start", precision: "float32", promptTokens: [], watched: [latent] },
    { kind: "token", arm: "base", token: token(5, { activations: [null] }) },
    { kind: "token", arm: "adapter", token: token(7, { klToBase: 0.25, activations: [1.5] }) },
  ]);
  expect(generationCsv(generation).trim().split("\r\n")).toEqual([
    "arm,position,id,token,logProbability,klToBase,klToAdapter,injectedNorm,layers.0.v_proj 3",
    "base,0,5, w5,-0.5,,,,",
    "adapter,0,7, w7,-0.5,0.25,,,1.5",
  ]);
});
