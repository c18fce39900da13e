import { describe, expect, it } from "vitest";
import { toCsv } from "@/components/ui/save-file";

describe("CSV", () => {
  it("quotes what would break a row, and leaves a missing value empty", () => {
    expect(
      toCsv(
        ["a", "b"],
        [
          ['x,"y"', null],
          ["line\nbreak", 0.25],
        ],
      ),
    ).toBe('a,b\r\n"x,""y""",\r\n"line\nbreak",0.25');
  });

  it("holds no formula that a text would make", () => {
    expect(toCsv(["=a"], [["=1+1"], ["-"], [-1]])).toBe("'=a\r\n'=1+1\r\n'-\r\n-1");
  });
});
