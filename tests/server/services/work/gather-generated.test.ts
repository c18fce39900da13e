import { describe, expect, test } from "vitest";
import type { ArmName, GeneratedToken, GenerateEvent } from "@/lib/contract/generate";
import { gatherGenerated } from "@/server/services/work/gather-generated";

function token(text: string, more: Partial<GeneratedToken> = {}): GeneratedToken {
  return { id: 7, text, logProbability: -1, klToBase: null, klToAdapter: null, activations: [], injectedNorm: null, ...more };
}

const start: GenerateEvent = {
  kind: "start",
  precision: "float32",
  promptTokens: [{ text: "Once", id: 3 }],
  watched: [{ module: "m", index: 2 }],
};
const written = (arm: ArmName, text: string, more = {}): GenerateEvent => ({ kind: "token", arm, token: token(text, more) });

describe("gathering a generation", () => {
  test("puts each arm's tokens, prompt and end together, in the order in which arms came", () => {
    const events: GenerateEvent[] = [
      { kind: "loading", message: "Loading" },
      start,
      { kind: "prompt", arm: "base", tokens: [{ logProbability: null }] },
      written("base", " upon"),
      written("edited", " more"),
      { kind: "armEnd", arm: "edited", reason: "stop", text: " mo" },
      written("base", " a"),
      { kind: "armEnd", arm: "base", reason: "maxTokens", text: " upon a" },
      { kind: "end", tokensPerSecond: 9, generation: "g1" },
    ];
    expect(gatherGenerated(events, 0)).toEqual({
      promptTokens: [{ text: "Once", id: 3 }],
      watched: [{ module: "m", index: 2 }],
      arms: [
        { arm: "base", text: " upon a", reason: "maxTokens", tokens: [token(" upon"), token(" a")], prompt: [{ logProbability: null }] },
        { arm: "edited", text: " mo", reason: "stop", tokens: [token(" more")] },
      ],
      precision: "float32",
      tokensPerSecond: 9,
      generation: "g1",
    });
  });

  test("gives what there is of one that was stopped, special tokens no part of the text", () => {
    const special = { isSpecial: true };
    const events = [start, written("base", " upon"), written("edited", "<s>", special), written("base", " a")];
    expect(gatherGenerated(events, 1.5)).toMatchObject({
      arms: [
        { arm: "base", text: " upon a", reason: "stopped" },
        { arm: "edited", text: "", reason: "stopped", tokens: [token("<s>", special)] },
      ],
      precision: "float32",
      tokensPerSecond: 2,
    });
  });

  test("gives nothing for one that failed or never began", () => {
    expect(gatherGenerated([start, written("base", " upon"), { kind: "error", message: "no" }], 1)).toBeUndefined();
    expect(gatherGenerated([{ kind: "loading", message: "Loading" }], 1)).toBeUndefined();
  });
});
