import { describe, expect, it } from "vitest";
import { automaticLabel } from "@/lib/contract/automatic-label";
import { positionKinds } from "@/lib/contract/positions/position-kinds";

type Row = Parameters<typeof automaticLabel>[0];

const row: Row = {
  fireCount: 100,
  topTokens: [],
  topDomain: null,
  selectivityInterval: null,
  domainCounts: [],
  positiveTail: null,
  negativeTail: null,
};
const token = (text: string, count: number, lift: number) => ({ token: text, count, error: 0, lift });

describe("automaticLabel", () => {
  it("names the tokens by lift, spaces and breaks visible", () => {
    const topTokens = [token("\n", 40, 3), token(" cups", 20, 70), token(" tbsp", 11, 50)];
    expect(automaticLabel({ ...row, topTokens }, positionKinds.token)).toBe("·cups, ·tbsp, ⏎");
  });

  it("passes over rare, common and repeated tokens, and stops at three", () => {
    const topTokens = [
      token(" the", 60, 1.2),
      token(" zyx", 4, 900),
      token(" cups", 20, 70),
      token("Cups", 9, 60),
      token(" tbsp", 8, 50),
      token(" salt", 7, 40),
      token(" oil", 6, 30),
    ];
    expect(automaticLabel({ ...row, topTokens }, positionKinds.token)).toBe("·cups, ·tbsp, ·salt");
  });

  it("names the tokens of both tails of a dense component, and none of a tail that is like the corpus", () => {
    const tail = (...tokens: Row["topTokens"]) => ({ positions: 100, tokens });
    const positiveTail = tail(token(" cups", 20, 70), token(" tbsp", 11, 90), token(" oil", 9, 60));
    const label = (negativeTail: Row["negativeTail"]) => automaticLabel({ ...row, positiveTail, negativeTail }, positionKinds.token);
    expect(label(tail(token(" of", 30, 2.5), token(" the", 30, 1.2)))).toBe("+ ·tbsp, ·cups − ·of");
    expect(label(tail(token(" the", 30, 1.2)))).toBe("+ ·tbsp, ·cups");
    expect(automaticLabel({ ...row, positiveTail: tail(), negativeTail: tail() }, positionKinds.token)).toBe("");
  });

  it("adds the domain where its interval is well above an even spread", () => {
    const recipes = { ...row, topTokens: [token(" cups", 20, 70)], topDomain: "recipes", domainCounts: [80, 20] };
    expect(automaticLabel({ ...recipes, selectivityInterval: [0.76, 0.9] }, positionKinds.token)).toBe("·cups; recipes");
    expect(automaticLabel({ ...recipes, selectivityInterval: [0.74, 0.9] }, positionKinds.token)).toBe("·cups");
    expect(automaticLabel({ ...recipes, selectivityInterval: [1, 1], domainCounts: [100] }, positionKinds.token)).toBe("·cups");
  });

  it("says that a latent fires at many tokens, and nothing of one that never fires", () => {
    expect(automaticLabel({ ...row, topTokens: [token(" the", 60, 1.2)] }, positionKinds.token)).toBe("many tokens");
    expect(automaticLabel({ ...row, fireCount: 0 }, positionKinds.token)).toBe("");
  });

  it("takes the most frequent tokens of a dictionary without base rates", () => {
    expect(automaticLabel({ ...row, topTokens: [token(" a", 6, 0), token(" b", 7, 0)] }, positionKinds.token)).toBe("·b, ·a");
  });
});
