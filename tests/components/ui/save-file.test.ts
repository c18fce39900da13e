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
});
