import { expect, it, vi } from "vitest";
import { automaticLabel } from "@/lib/contract/automatic-label";
import { columnOf } from "@/lib/contract/latent-columns/latent-columns";
import { anyPosition, commonWords, positionKindName, positionKindOf, searchedWords } from "@/lib/contract/positions/positions";

vi.mock("@/lib/contract/positions/position-kinds", async (original) => {
  const { positionKinds } = await original<typeof import("@/lib/contract/positions/position-kinds")>();
  const { patchKind } = await import("@/tests/support/patch-kind");
  return { positionKinds: { ...positionKinds, patch: patchKind } };
});

const token = positionKindOf("token");
const patch = positionKindOf(positionKindName.parse("patch"));

it("names a position by its place, in a text or in a grid", () => {
  expect(token.name({ position: 1700, columns: null })).toBe("token 1\u00a0700");
  expect(patch.name({ position: 10, columns: 3 })).toBe("patch (3, 1)");
});

it("knows a kind only if it is registered", () => {
  expect(positionKindName.safeParse("place").success).toBe(false);
});

it("explains a statistic in the words of the kind, or of any", () => {
  const { explain } = columnOf("density");
  expect(explain("latent", token)).toBe("Share of counted tokens at which the latent fires");
  expect(explain("latent", patch)).toBe("Share of counted patches at which the latent fires");
  expect(explain("latent", anyPosition)).toBe("Share of counted positions at which the latent fires");
});

it("has one word for positions of several kinds", () => {
  const patchName = positionKindName.parse("patch");
  expect([["token", "token"] as const, [patchName], ["token", patchName] as const, []].map((names) => commonWords(names).plural)).toEqual([
    "tokens",
    "patches",
    "positions",
    "positions",
  ]);
});

it("searches labels alone where there is no vocabulary", () => {
  expect([token, patch].map(searchedWords)).toEqual(["token or label", "label"]);
});

it("labels a latent by its domain alone where there is no vocabulary", () => {
  const row = {
    fireCount: 9,
    topTokens: [],
    topDomain: "birds",
    selectivityInterval: [0.9, 0.99] as [number, number],
    domainCounts: [9, 0],
    positiveTail: null,
    negativeTail: null,
  };
  expect(automaticLabel(row, token)).toBe("many tokens; birds");
  expect(automaticLabel(row, patch)).toBe("birds");
  expect(automaticLabel({ ...row, topDomain: null }, patch)).toBe("");
});
