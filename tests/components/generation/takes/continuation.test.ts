import { describe, expect, it } from "vitest";
import { continuation, earlierTokens, resume } from "@/components/generation/takes/continuation";
import { begin, type Generation, receive, stop } from "@/components/generation/takes/generation";
import type { ArmName, EndReason, GenerateEvent, GenerateRequest } from "@/lib/contract/generate";
import { requestOf, token } from "@/tests/components/generation/tokens";

/** Arms with the tokens they have, and how they ended. */
function generationOf(request: Partial<GenerateRequest>, arms: { [arm in ArmName]?: { ids: number[]; end?: EndReason } }): Generation {
  const names = (["base", "adapter", "edited", "other"] as const).filter((arm) => arms[arm] !== undefined);
  const events = names.flatMap((arm): GenerateEvent[] => [
    ...(arms[arm]?.ids ?? []).map((id): GenerateEvent => ({ kind: "token", arm, token: token(id) })),
    ...(arms[arm]?.end === undefined ? [] : [{ kind: "armEnd" as const, arm, reason: arms[arm].end, text: "" }]),
  ]);
  return receive(begin(requestOf({ ...request, arms: names })), [...events, { kind: "end", tokensPerSecond: 1 }]);
}

describe("going on", () => {
  it("asks for each arm that the limit ended, from its own tokens, and leaves one alone that ended by itself", () => {
    const done = generationOf(
      {},
      { base: { ids: [2, 3], end: "maxTokens" }, adapter: { ids: [5], end: "endOfText" }, edited: { ids: [7], end: "maxTokens" } },
    );
    expect(continuation(done)).toEqual({ ...done.request, arms: ["base", "edited"], continued: { base: [2, 3], edited: [7] } });
    const going = resume(done);
    expect(going.status).toBe("running");
    expect([going.arms.base?.end, going.arms.adapter?.end]).toEqual([null, "endOfText"]);
    const after = receive(going, [{ kind: "token", arm: "base", token: token(11) }]);
    expect(after.arms.base?.tokens.map(({ id }) => id)).toEqual([2, 3, 11]);
  });

  it("goes on from a stop, all arms from the same token where they read one text", () => {
    const stopped = stop(
      receive(begin(requestOf({ arms: ["base", "adapter"], forced: { by: "adapter" } })), [
        { kind: "token", arm: "base", token: token(2) },
        { kind: "token", arm: "adapter", token: token(2) },
        { kind: "token", arm: "base", token: token(3) },
      ]),
    );
    expect(continuation(stopped)?.continued).toEqual({ base: [2], adapter: [2] });
    expect(resume(stopped).arms.base?.tokens).toHaveLength(1);
  });

  it("counts what an opened one had gone on from", () => {
    const kept = generationOf({ continued: { base: [2, 3, 5] } }, { base: { ids: [7], end: "maxTokens" } });
    expect(earlierTokens(kept)).toBe(3);
    expect(continuation(kept)?.continued).toEqual({ base: [2, 3, 5, 7] });
  });

  it("is not possible where all ended, where nothing came, where a given text was read, or while it runs", () => {
    expect(continuation(generationOf({}, { base: { ids: [2], end: "endOfText" } }))).toBeNull();
    expect(continuation(generationOf({}, { base: { ids: [], end: "maxTokens" } }))).toBeNull();
    expect(continuation(generationOf({ forced: { text: "so" } }, { base: { ids: [2], end: "forcedText" } }))).toBeNull();
    expect(continuation(begin(requestOf()))).toBeNull();
  });
});
