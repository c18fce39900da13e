import { expect, it } from "vitest";
import { fileOfRows, readPastedRows } from "@/components/shell/pasted-rows";

it("takes lines as texts, leaving out empty ones", () => {
  expect(readPastedRows("one\r\n\n  two \n")).toEqual({ rows: 2, isText: true, jsonLines: '{"text":"one"}\n{"text":"two"}\n' });
  expect(readPastedRows(" \n ")).toMatchObject({ rows: 0 });
});

it("takes JSON objects, one a line or in a list", () => {
  const rows = '{"a":1}\n{"a":2}\n';
  expect(readPastedRows('{"a": 1}\n\n{"a": 2}')).toEqual({ rows: 2, isText: false, jsonLines: rows });
  expect(readPastedRows('[{"a": 1},\n {"a": 2}]')).toEqual({ rows: 2, isText: false, jsonLines: rows });
});

it("names the line that is not an object", () => {
  expect(readPastedRows('{"a": 1}\n\n{"a": ').problem).toMatch(/^Line 3 is not a JSON object/);
  expect(readPastedRows('[{"a": 1}, 2]').problem).toMatch(/^Entry 2 is not a JSON object/);
});

it("takes lines that only begin with a bracket as texts", () => {
  expect(readPastedRows("[1] a footnote\nand a line")).toMatchObject({ rows: 2, isText: true });
});

it("gives the same rows the same time, and others another", () => {
  const times = ["a\n", "a\n", "b\n"].map((jsonLines) => fileOfRows({ jsonLines }, "rows").lastModified);
  expect(times[0]).toBe(times[1]);
  expect(times[0]).not.toBe(times[2]);
});
