import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { layerReader, nameEndExpression, nameEndTest, nameExpression, nameTest } from "@/lib/contract/expression";

const name = "model.layers.11.self_attn.q_proj";

describe("a regular expression of somebody else", () => {
  it.each([
    ["(.+)+!", false],
    ["(.+)+j", true],
    [".*q_proj", true],
    ["q_proj", false],
    ["^(?!.*lm_head).*proj$", true],
    ["(?!.*self_attn).*proj", false],
    ["(?=model)(?!.*mlp).*(?:q|k)_proj", true],
    ["(?![)]\\)).*proj", true],
    [".*(?<!k)_proj", true],
    [".*(?<!q)_proj", false],
  ])("%s is matched against a whole name as Python's fullmatch does, at once", (expression, expected) => {
    expect(nameTest(expression)(name.repeat(40))).toBe(expected && expression !== "(.+)+!");
    expect(nameTest(expression)(name)).toBe(expected);
  });

  it("matches a whole name or its end after a dot where it is a key of sizes", () => {
    expect(nameEndTest("q_proj")(name)).toBe(true);
    expect(nameEndTest("proj")(name)).toBe(false);
    expect(nameEndTest("k_proj|q_proj")(name)).toBe(true);
    expect(nameEndTest("^model.*")(name)).toBe(true);
    expect(nameEndTest("(.+)+!")(name)).toBe(false);
  });

  it("reads the layer's number after it", () => {
    expect(layerReader("layers")(name)).toBe(11);
    expect(layerReader("h")(name)).toBeUndefined();
    expect(layerReader("(?:(?:.+)+)+!")(name)).toBeUndefined();
  });

  it.each([
    ["(", /missing closing \)/],
    ["(.)\\1", /Back references are not supported/],
    [".*(?!mlp).*", /lookaheads only at the beginning/],
    ["(?!a)b|c", /lookaheads only at the beginning/],
    ["((((a{100}){100}){100}){100})", /invalid repeat count/],
    ["a".repeat(1001), /longer than the 1000 characters/],
  ])("is refused with the reason when it cannot run in linear time: %s", (text, reason) => {
    expect(nameExpression.safeParse(text).error?.issues[0]?.message).toMatch(reason);
    expect(() => nameTest(text)).toThrow(reason);
  });

  it("may not begin with a lookahead where a key of sizes is composed around it", () => {
    expect(nameEndExpression.safeParse("(?!a).*").success).toBe(false);
  });
});

it("text is compiled to a JavaScript regular expression nowhere, except where it is escaped", () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const files = execFileSync("git", ["grep", "-lE", "\\bRegExp\\(", "--", "app", "components", "lib", "server"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(files.trim().split("\n")).toEqual(["server/report/name-sides.ts"]);
});
