import { describe, expect, it } from "vitest";
import { requestOf, writeTextAddress } from "@/components/text/text-address";
import { readTextAddress } from "@/tests/support/addresses";

const chosen = {
  text: "500 grams & a\npinch",
  second: "of salt?",
  useChatTemplate: true,
  attribution: false,
  towards: "not & so",
  measure: "activation",
  shading: "outputShare",
  span: { from: 3, to: 7 },
  latent: { module: "layers.1.v_proj", index: 87 },
} as const;

describe("a text's address", () => {
  it("comes back as it was written", () => {
    expect(readTextAddress(writeTextAddress(chosen))).toEqual(chosen);
  });

  it("is empty for a page on which nothing was done", () => {
    expect(writeTextAddress(readTextAddress(""))).toBe("");
  });

  it("holds the longest text that is read", () => {
    const long = { ...chosen, text: "ä".repeat(20_000), second: "b".repeat(20_000) };
    expect(readTextAddress(writeTextAddress(long))).toEqual(long);
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
