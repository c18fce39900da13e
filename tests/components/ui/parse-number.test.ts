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
    ["1e-4", 1e-4],
    ["1,5", 1.5],
    ["0,001", 0.001],
    ["1,234,567", 1_234_567],
    ["1,234.5", 1234.5],
    ["1.234,5", 1234.5],
    ["-2,5e-3", -0.0025],
  ])("is read from %j", (text, value) => {
    expect(parseNumber(text, real)).toEqual({ value });
  });

  it("is read back as it is written in the field", () => {
    expect(parseNumber("2\u00a0000", whole)).toEqual({ value: 2000 });
  });

  it.each(["2,000", "2 000", "2_000", "2\u202f000", "2000", "2e3"])("is 2 000 in a field of whole numbers, typed as %j", (text) => {
    expect(parseNumber(text, whole)).toEqual({ value: 2000 });
  });

  it.each([
    ["2,000", real],
    ["2.000", whole],
    ["2,000e3", real],
  ])("is refused where it can be read in two ways: %j", (text, bounds) => {
    expect(parseNumber(text, bounds)).toEqual({ value: null, error: expect.stringContaining("two ways") });
  });

  it.each(["1 5", "20,00", "1,0000", "0x10", "Infinity", "2__000", "1,2,3", "--1"])(
    "is refused where digits are parted oddly: %j",
    (text) => {
      expect(parseNumber(text, whole).value).toBeNull();
    },
  );

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
