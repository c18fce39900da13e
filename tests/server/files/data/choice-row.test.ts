import { describe, expect, it } from "vitest";
import { choicesOf } from "@/server/files/data/choice-row";

const columns = { choices: "options", answer: "best" };
const read = (options: unknown, best: unknown) => choicesOf({ options, best }, columns);

describe("choicesOf", () => {
  it.each<[string, unknown, unknown]>([
    ["a list and a place", ["red", "green", "blue"], 1],
    ["a list and a place as text", ["red", "green", "blue"], "1"],
    ["a list and a letter", ["red", "green", "blue"], "B"],
    ["a list and the choice's own text", ["red", " green", "blue"], "green"],
    ["a list as JSON text, as CSV holds it", '["red", "green", "blue"]', "b"],
    ["ARC's texts and labels, which count from 1", { text: ["red", "green", "blue"], label: ["1", "2", "3"] }, "2"],
    ["numbers as choices and the place as a number", ["1", "2", "3"], 1],
  ])("reads %s", (_what, options, best) => {
    expect(read(options, best).answer).toBe(1);
    expect(read(options, best).texts).toHaveLength(3);
  });

  it.each<[string, unknown, unknown, RegExp]>([
    ["a text that is no list", "red or green", 0, /"options" has no choices/],
    ["no choices", undefined, 0, /"options" has no choices/],
    ["one choice", ["red"], 0, /has 1 choices: at least two/],
    ["an empty choice", ["red", " "], 0, /choice 1 is empty/],
    ["no answer", ["red", "green"], null, /"best" has no answer/],
    ["an answer beyond the choices", ["red", "green"], 2, /the answer 2 is not among the 2 choices of "options"/],
    ["an answer of another text", ["red", "green"], "blue", /the answer "blue" is not among the 2 choices/],
    ["an answer that may be either of two", ["1", "2"], "1", /is the text of choice 0 and the position of choice 1/],
  ])("refuses %s", (_what, options, best, message) => {
    expect(() => read(options, best)).toThrow(message);
  });
});
