import { describe, expect, it } from "vitest";
import { continuation, earlierTokens, joinKept, resume } from "@/components/generation/takes/continuation";
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

describe("the parts of a text in the history", () => {
  const part = (id: string, request: Partial<GenerateRequest>, ids: { [arm in ArmName]?: number[] }) => {
    const arms = Object.entries(ids).map(([arm, own]) => ({
      arm: arm as ArmName,
      text: "",
      reason: "maxTokens" as const,
      tokens: own.map((one) => token(one)),
    }));
    const generated = { promptTokens: [], watched: [], arms, tokensPerSecond: 1 };
    const kept = { id, runId: "r", createdAt: "2026-11-25T04:11:00Z", prompt: "once", editsOn: 0, isForced: false, arms: [] };
    return { ...kept, request: requestOf(request), generated };
  };
  const idsOf = (joined: Generation | null, arm: ArmName) => joined?.arms[arm]?.tokens.map(({ id }) => id);

  it("make up the whole again, asked for as it was at first", () => {
    const first = part("g1", { arms: ["base", "edited"] }, { base: [2, 3], edited: [5] });
    const second = part("g2", { arms: ["base"], continued: { base: [2, 3] } }, { base: [7] });
    const third = part("g3", { arms: ["base"], continued: { base: [2, 3, 7] } }, { base: [11, 13] });
    const joined = joinKept([first, second, third]);
    expect([idsOf(joined, "base"), idsOf(joined, "edited")]).toEqual([[2, 3, 7, 11, 13], [5]]);
    expect(joined).toMatchObject({ status: "done", request: first.request, keptIds: ["g1", "g2", "g3"] });
  });

  it("make up nothing where one does not go on from those before it", () => {
    const first = part("g1", { arms: ["base"] }, { base: [2, 3] });
    expect(joinKept([first, part("g2", { arms: ["base"] }, { base: [7] })])).toBeNull();
    expect(joinKept([first, part("g2", { arms: ["edited"], continued: { edited: [2] } }, { edited: [7] })])).toBeNull();
    expect(joinKept([])).toBeNull();
  });
});
