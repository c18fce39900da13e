import { describe, expect, it } from "vitest";
import { extractNumber, isExactMatch, isNormalisedMatch, isSameNumber, normaliseAnswer } from "@/lib/numbers/metrics/answers";

describe("extractNumber", () => {
  it.each([
    ["She has 5 apples, then 12 more: 17", "17"],
    ["The total is $1,250.00.", "1250"],
    ["1,234,567", "1234567"],
    ["the primes 2,3,5", "5"],
    ["pages 12,345,6", "6"],
    ["costs -$3.50", "-3.5"],
    ["costs $-3.50", "-3.5"],
    ["a fall of −7 degrees", "-7"],
    ["9-4", "4"],
    ["so 9 - 4 = 5 - 0 = 5.", "5"],
    ["9 - 4", "4"],
    ["- 5 apples", "5"],
    ["f(2)-6", "6"],
    ["wait...42", "42"],
    ["1e3.", "1000"],
    ["₹ 300", "300"],
    ["US$5", "5"],
    ["version 1.2.3", "1.2"],
    ["x=-5", "-5"],
    ["(-2)", "-2"],
    ["15% of them", "15"],
    ["about €20", "20"],
    ["0.50", "0.5"],
    [".5", "0.5"],
    ["007", "7"],
    ["-0", "0"],
    ["-0.00", "0"],
    ["it is 3.", "3"],
    ["it is 3.14.", "3.14"],
    ["2.5e3 metres", "2500"],
    ["1e-3", "0.001"],
    ["12e", "12"],
    ["**42**", "42"],
    ["\\boxed{42}", "42"],
    ["12345678901234567890.10", "12345678901234567890.1"],
    ["+8", "8"],
  ])("reads %j as %s", (text, value) => {
    expect(extractNumber(text)).toBe(value);
  });

  it("takes what follows the last #### alone, and nothing where no number follows it", () => {
    expect(extractNumber("He pays 3 * 4 = <<3*4=12>>12.\n#### 1,012\nThen 99")).toBe("1012");
    expect(extractNumber("#### 3\nQuestion\n#### 4 dollars of 5")).toBe("4");
    expect(extractNumber("12 ####")).toBeUndefined();
    expect(extractNumber("12 #### none\n13")).toBeUndefined();
  });

  it("finds no number in text without one, nor in a name that ends in one", () => {
    expect(extractNumber("no idea")).toBeUndefined();
    expect(extractNumber("")).toBeUndefined();
    expect(extractNumber("It was 7 in room B12")).toBe("7");
  });
});

describe("isSameNumber", () => {
  it("compares by value, beyond the digits of a float", () => {
    expect(isSameNumber("It costs $70,000.", "#### 70000")).toBe(true);
    expect(isSameNumber("0.5", "#### .50")).toBe(true);
    expect(isSameNumber("-4", "4")).toBe(false);
    expect(isSameNumber("9007199254740993", "9007199254740992")).toBe(false);
  });

  it("is false where either has no number", () => {
    expect(isSameNumber("none", "3")).toBe(false);
    expect(isSameNumber("none", "none")).toBe(false);
  });
});

describe("matches of text", () => {
  it("normalise as SQuAD's evaluation: case, ASCII punctuation, articles, spaces", () => {
    expect(normaliseAnswer("  The   Eiffel-Tower,\nin a city!")).toBe("eiffeltower in city");
    expect(normaliseAnswer("theatre, Anna’s")).toBe("theatre anna’s");
    expect(isNormalisedMatch("An apple.", ["pear", "apple"])).toBe(true);
    expect(isNormalisedMatch("apples", ["apple"])).toBe(false);
  });

  it("are exact but for white space at both ends", () => {
    expect(isExactMatch(" yes\n", ["no", "yes"])).toBe(true);
    expect(isExactMatch("Yes", ["yes"])).toBe(false);
    expect(isExactMatch("yes", [])).toBe(false);
  });
});
