import { expect, it } from "vitest";
import { textOf } from "@/components/text/example-texts";
import { linesOf } from "@/components/text/token-lines";
import { strongestByCell } from "@/components/text/where-strip";

it("tokens that stand equally high are a line", () => {
  expect(linesOf([4, 4.5, 4, 44, 44, 84])).toEqual([
    { from: 0, to: 2, top: 4 },
    { from: 3, to: 4, top: 44 },
    { from: 5, to: 5, top: 84 },
  ]);
  expect(linesOf([])).toEqual([]);
});

it("a strip draws every token of a short text, and the strongest of each cell of a longer one", () => {
  expect(strongestByCell([0, 2, -3], 96)).toEqual([0, 2, -3]);
  expect(strongestByCell([0, 2, -3, 1, 0, 0.5], 3)).toEqual([2, -3, 0.5]);
  expect(strongestByCell([], 3)).toEqual([]);
});

it("an example is a row as it is read, cut where it is long; a row without text is none", () => {
  expect(textOf({ a: " salt ", b: "x" }, { kind: "text", text: "a" })).toEqual([{ text: "salt", second: null }]);
  expect(textOf({ q: "Why?", a: "So." }, { kind: "promptCompletion", prompt: "q", completion: "a" })).toEqual([
    { text: "Why?\nSo.", second: null },
  ]);
  const spaced = { kind: "promptCompletion", prompt: "q", completion: "a", separator: " " } as const;
  expect(textOf({ q: "Why?", a: "So." }, spaced)).toEqual([{ text: "Why? So.", second: null }]);
  expect(textOf({ p: "premise", h: "claim", y: "1" }, { kind: "labelled", text: "p", second: "h", label: "y" })).toEqual([
    { text: "premise", second: "claim" },
  ]);
  expect(textOf({ a: "long ".repeat(1000) }, { kind: "text", text: "a" })[0]?.text).toHaveLength(600);
  expect(textOf({ a: " " }, { kind: "text", text: "a" })).toEqual([]);
});
