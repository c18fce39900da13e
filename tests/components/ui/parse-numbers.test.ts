import { describe, expect, it } from "vitest";
import { parseNumbers } from "@/components/ui/parse-numbers";

describe("a typed list of numbers", () => {
  it.each([
    ["64, 128", [64, 128]],
    ["64; 128", [64, 128]],
    ["64\n128\n", [64, 128]],
    ["1,2,3", [1, 2, 3]],
    ["1 024, 2_048", [1024, 2048]],
    ["256", [256]],
  ])("is read from %j", (text, values) => {
    expect(parseNumbers(text, "integer")).toEqual({ values });
  });

  it("is read where each number has a point or an exponent, with or without spaces", () => {
    expect(parseNumbers("0.001,3e-3; 0.01, 1", "real")).toEqual({ values: [0.001, 0.003, 0.01, 1] });
  });

  it.each([
    ["1,024", "integer"],
    ["64,128", "integer"],
    ["16, 1,024", "integer"],
    ["0,5", "real"],
    ["1,024", "real"],
  ] as const)("is refused where a comma may stand within a number or between two: %j", (text, kind) => {
    expect(parseNumbers(text, kind)).toEqual({ values: null, error: expect.stringContaining("one number or several") });
  });

  it.each([
    ["4 8", "integer", "“4 8”"],
    ["1.5", "integer", "“1.5”"],
    ["0.1, two", "real", "“two”"],
    ["", "real", "at least one"],
  ] as const)("names what cannot be read in %j", (text, kind, words) => {
    expect(parseNumbers(text, kind)).toEqual({ values: null, error: expect.stringContaining(words) });
  });
});
