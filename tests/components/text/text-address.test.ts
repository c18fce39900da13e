import { describe, expect, it } from "vitest";
import { longestTextInAddress, readTextAddress, writeTextAddress } from "@/components/text/text-address";

const chosen = {
  text: "500 grams & a\npinch",
  useChatTemplate: true,
  attribution: false,
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
    expect(readTextAddress(long)).toEqual({ ...chosen, text: "" });
  });

  it("takes the default where a link makes no sense", () => {
    expect(readTextAddress("#by=loudness&span=7-3&shade=rainbow")).toEqual(readTextAddress(""));
  });
});
