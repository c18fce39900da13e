import { describe, expect, it } from "vitest";
import { longestTextInAddress, readTextAddress, requestOf, writeTextAddress } from "@/components/text/text-address";

const chosen = {
  text: "500 grams & a\npinch",
  second: "of salt?",
  useChatTemplate: true,
  attribution: false,
  towards: "not & so",
  measure: "activation",
  shading: "outputShare",
  span: { from: 3, to: 7 },
} as const;

describe("a text's address", () => {
  it("comes back as it was written", () => {
    expect(readTextAddress(writeTextAddress(chosen))).toEqual(chosen);
  });

  it("is empty for a page on which nothing was done", () => {
    expect(writeTextAddress(readTextAddress(""))).toBe("");
  });

  it("leaves a long text out and keeps the rest", () => {
    const long = writeTextAddress({ ...chosen, text: "a".repeat(longestTextInAddress + 1) });
    expect(readTextAddress(long)).toEqual({ ...chosen, text: "", second: null });
    const pair = writeTextAddress({ ...chosen, second: "b".repeat(longestTextInAddress) });
    expect(readTextAddress(pair)).toEqual({ ...chosen, text: "", second: null });
  });

  it("asks for what it says, without a second text that is still empty, or a class where nothing is attributed", () => {
    const { text, useChatTemplate, second } = chosen;
    expect(requestOf(chosen)).toEqual({ text, second, useChatTemplate, attribution: false });
    expect(requestOf({ ...chosen, second: "", attribution: true })).toEqual({
      text,
      useChatTemplate,
      attribution: true,
      towards: "not & so",
    });
  });

  it("takes the default where a link makes no sense", () => {
    expect(readTextAddress("#by=loudness&span=7-3&shade=rainbow")).toEqual(readTextAddress(""));
  });
});
