import { describe, expect, it } from "vitest";
import { parseNumber } from "@/components/ui/parse-number";

const real = { kind: "real" as const };
const whole = { kind: "integer" as const };

describe("a typed number", () => {
  it.each([
    ["2e-3", 0.002],
    ["0,5", 0.5],
    ["\u2212 1.5", -1.5],
    ["1\u00a0000", 1000],
  ])("is read from %j", (text, value) => {
    expect(parseNumber(text, real)).toEqual({ value });
  });

  it("is read back as it is written in the field", () => {
    expect(parseNumber("2\u00a0000", whole)).toEqual({ value: 2000 });
  });

  it.each([
    ["", whole, "Not a whole number"],
    ["1.5", whole, "Not a whole number"],
    ["two", real, "Not a number; write 0.002 or 2e-3"],
    ["0", { ...whole, min: 1 }, "At least 1"],
    ["5000", { ...whole, max: 4096 }, "At most 4\u00a0096"],
    ["2", { ...real, max: 1 }, "At most 1.00"],
  ])("is refused with its bound: %j", (text, bounds, error) => {
    expect(parseNumber(text, bounds)).toEqual({ value: null, error });
  });
});
