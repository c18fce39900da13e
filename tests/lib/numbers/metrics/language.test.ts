import { describe, expect, it } from "vitest";
import { type Choice, chosenAnswer, type LengthRule, perplexity, perplexityOver } from "@/lib/numbers/metrics/language";

describe("perplexity", () => {
  it("is exp of summed loss over summed tokens, not a mean of rows'", () => {
    expect(perplexity(Math.log(8) * 3, 3)).toBeCloseTo(8, 12);
    // 2 nats over 1 token and 2 nats over 7 tokens
    expect(perplexityOver([2, 2], [1, 7])()).toBeCloseTo(Math.exp(0.5), 12);
    expect(perplexityOver([2, 2], [1, 7])(Int32Array.of(2, 0))).toBeCloseTo(Math.exp(2), 12);
    expect(perplexity(1e6, 2)).toBe(Number.POSITIVE_INFINITY);
  });

  it("refuses no tokens and a loss that is NaN", () => {
    expect(() => perplexity(1, 0)).toThrow("0 tokens");
    expect(() => perplexity(Number.NaN, 3)).toThrow("NaN");
  });
});

describe("multiple choice", () => {
  // Each rule has a favourite of its own: −4, −6/4, −9/11 by code point and −10/20 by byte.
  const choices: Choice[] = [
    { text: "no", logLikelihood: -4, tokens: 1 },
    { text: "maybe", logLikelihood: -6, tokens: 4 },
    { text: "surely not!", logLikelihood: -9, tokens: 5 },
    { text: "🙂🙂🙂🙂🙂", logLikelihood: -10, tokens: 5 },
  ];

  it.each([
    ["none", 0],
    ["tokens", 1],
    ["characters", 2],
    ["bytes", 3],
  ] satisfies [LengthRule, number][])("chooses by the rule %s", (rule, chosen) => {
    expect(chosenAnswer(choices, rule)).toBe(chosen);
  });

  it("counts an emoji as one character", () => {
    const smiles = { text: "🙂🙂", logLikelihood: -3, tokens: 2 };
    expect(chosenAnswer([smiles, { text: "abc", logLikelihood: -4, tokens: 1 }], "characters")).toBe(1);
  });

  it("takes the first of equals, as numpy's argmax", () => {
    const equal = { text: "a", logLikelihood: -1, tokens: 1 };
    expect(chosenAnswer([{ ...equal, logLikelihood: -2 }, equal, equal], "none")).toBe(1);
    expect(chosenAnswer([{ ...equal, logLikelihood: Number.NEGATIVE_INFINITY }], "none")).toBe(0);
  });

  it("refuses what cannot be compared", () => {
    expect(() => chosenAnswer([], "none")).toThrow("without choices");
    expect(() => chosenAnswer([{ text: "", logLikelihood: -1, tokens: 1 }], "bytes")).toThrow("choice 0 has 0 bytes");
    expect(() => chosenAnswer([{ text: "a", logLikelihood: Number.NaN, tokens: 1 }], "none")).toThrow("choice 0 is NaN");
  });
});
