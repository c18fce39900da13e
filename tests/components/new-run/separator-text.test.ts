import { expect, it } from "vitest";
import { readEscapes, writeEscapes } from "@/components/new-run/separator-text";

it.each([
  ["\n\n", "\\n\\n"],
  ["\r\n", "\\r\\n"],
  ["\t->", "\\t->"],
])("a separator of control characters is typed in one line: %j", (separator, typed) => {
  expect(writeEscapes(separator)).toBe(typed);
  expect(readEscapes(typed)).toBe(separator);
});
