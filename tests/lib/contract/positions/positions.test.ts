import { expect, it } from "vitest";
import { automaticLabel } from "@/lib/contract/automatic-label";
import { columnOf } from "@/lib/contract/latent-columns/latent-columns";
import { anyPosition, commonWords, positionKindName, positionKindOf, searchedWords } from "@/lib/contract/positions/positions";

const token = positionKindOf("token");
const patch = positionKindOf("patch");

it("names a position by its place, in a text or in a grid", () => {
  expect(token.name({ position: 1700, grid: null })).toBe("token 1\u00a0700");
  const grid = { columns: 3, leading: 2 };
  const names = [0, 1, 2, 4, 5, 12].map((position) => patch.name({ position, grid }));
  expect(names).toEqual(["class token", "register 1", "patch 1, 1", "patch 1, 3", "patch 2, 1", "patch 4, 2"]);
  expect(patch.name({ position: 0, grid: { columns: 3, leading: 0 } })).toBe("patch 1, 1");
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
  const patchName = "patch" as const;
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
