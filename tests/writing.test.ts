import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { idioms } from "@/tests/support/idioms";

const root = fileURLToPath(new URL("..", import.meta.url));

const list = (...patterns: readonly string[]) =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...patterns], { cwd: root, encoding: "utf8" })
    .split("\n")
    .filter((path) => path !== "");

/** Sentences of a source file: its string literals, without what is inserted into them. */
function sentencesOf(source: string): string[] {
  const code = source.replace(/^\s*(?:\/\/|\/\*|\*).*$/gm, "");
  return [...code.matchAll(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g)]
    .map(([text]) => text.replace(/\$\{[^}]*\}/g, " "))
    .filter((text) => text.includes(" "));
}

function faultsIn(path: string, texts: readonly string[]): string[] {
  return texts.flatMap((text) =>
    idioms
      .filter(([idiom]) => idiom.test(text))
      .map(([idiom, instead]) => `${path}: “${idiom.exec(text)?.[0]}” in ${text.slice(0, 120)} (${instead})`),
  );
}

it("finds a banned idiom in a string and none in code", () => {
  expect(faultsIn("a.ts", sentencesOf('const alike = say("The two are told apart");'))).toHaveLength(1);
});

it("strings of the server and the scripts use none of the banned idioms", () => {
  const files = list("server", "scripts").filter((path) => /\.(?:ts|mjs)$/.test(path));
  expect(files.length).toBeGreaterThan(300);
  expect(files.flatMap((path) => faultsIn(path, sentencesOf(readFileSync(`${root}/${path}`, "utf8"))))).toEqual([]);
});

it("the documents use none of the banned idioms", () => {
  // docs/writing.md quotes them.
  const documents = list("*.md").filter(
    (path) => path !== "docs/writing.md" && /^(?:docs\/|docs\/reports\/README|python\/stanscope_peft\/)?[\w-]+\.md$/.test(path),
  );
  expect(documents.length).toBeGreaterThan(8);
  expect(documents.flatMap((path) => faultsIn(path, readFileSync(`${root}/${path}`, "utf8").split("\n")))).toEqual([]);
});
