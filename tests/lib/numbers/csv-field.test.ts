import { describe, expect, it } from "vitest";
import { csvField } from "@/lib/numbers/csv-field";

describe("csvField", () => {
  it.each([
    ['=HYPERLINK("http://evil.example")', `"'=HYPERLINK(""http://evil.example"")"`],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["\r=1", `"'\r=1"`],
  ])("keeps a spreadsheet from running %j", (text, field) => {
    expect(csvField(text)).toBe(field);
  });

  it("leaves numbers numbers, and other texts as they are", () => {
    expect([-0.5, -1e-7, 3, true, null].map(csvField)).toEqual(["-0.5", "-1e-7", "3", "true", ""]);
    expect(["layers.0.q_proj", "a=b", " =1", "'quoted", ""].map(csvField)).toEqual(["layers.0.q_proj", "a=b", " =1", "'quoted", ""]);
  });

  it("quotes commas, quotes and line breaks", () => {
    expect(['a,"b"', "a\nb", "a\r"].map(csvField)).toEqual(['"a,""b"""', '"a\nb"', '"a\r"']);
  });
});
