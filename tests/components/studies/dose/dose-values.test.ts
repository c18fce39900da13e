import { describe, expect, it } from "vitest";
import { doseValues, doseValueWords } from "@/components/studies/dose/dose-values";

const sizes = { raw: 1, max: 13, p99: 11, p50: 2, share: null };

describe("values of a dose study, as they are typed", () => {
  it("are multiples of the latent's own quantile, each once, ascending", () => {
    expect(doseValues("2, 0 ;0.5\n2", "p99", sizes)).toEqual([0, 5.5, 22]);
    expect(doseValues("−1; 3", "raw", sizes)).toEqual([-1, 3]);
  });

  it("carry the sign of the side on which the latent fires strongest", () => {
    expect(doseValues("0.5", "p99", { ...sizes, p99: -11 })).toEqual([-5.5]);
  });

  it("name the first that cannot be read", () => {
    expect(doseValues("1, two, three", "raw", sizes)).toBe("“two” is not a number; separate numbers as 0.001, 3e-3");
    expect(doseValues(" , ", "raw", sizes)).toBe("Enter at least one number");
    expect(doseValues(Array.from({ length: 33 }, (_, at) => at).join(", "), "raw", sizes)).toBe("At most 32 values, but there are 33");
  });

  it("are written as they were meant", () => {
    expect([0, 11, 16.5, 2.75].map((value) => doseValueWords(value, "clamp", 11))).toEqual(["0", "p99", "1.5 × p99", "0.25 × p99"]);
    expect(doseValueWords(-11, "add", -11)).toBe("p99");
    expect(doseValueWords(2.5, "clamp", null)).toBe("2.5");
    expect(doseValueWords(2, "scale", 11)).toBe("2 ×");
  });
});
