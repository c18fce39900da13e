import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Where a page or the description of the API says something; tests/writing.test.ts reads the server and the documents. */
const rooms = ["components", "app", "lib/client", "lib/contract/endpoints", "lib/numbers"];

/** Idioms to avoid, each with what to write. */
const habits: ReadonlyArray<readonly [habit: RegExp, instead: string]> = [
  [/\bparted by\b/i, "comma-separated"],
  [/\balike\b/i, "equally, the same"],
  [/\bless (the|that of) (other|loss|base)/i, "minus, or name the difference"],
  [/\b(told|tells?) (them |the \w+ |\w+ )?apart\b/i, "95 % CI includes 0, not distinguishable, not statistically significant"],
  [/\blets? (the selected |it )?go\b/i, "Clear selection"],
  [/\blift the filters?\b/i, "Remove filter"],
  [/\bstands? beside\b/i, "is compared with, is shown next to"],
  [/\bgoes on\b/i, "continues"],
  [/\bas it was\b/i, "unchanged, or leave it out"],
  [/\bis asked\b/i, "say what the task is"],
  [/\bgives the answers?\b/i, "effect on prediction"],
  [/\bit speaks of\b/i, "holds for"],
  [/\bof (one['’]s|my|your) own\b/i, "custom"],
  [/\bmend\b/i, "fix"],
  [/\bdraw (it )?again\b/i, "Try again"],
  [/\bhangs on\b/i, "depends on, condition"],
  [/\bnot told\b/i, "not stated"],
  [/\b(log|reason)[^.]{0,20} may tell\b/i, "See the log."],
  [/\bpass(es)? over the data\b/i, "epochs"],
  [/\bwaits for a worker\b/i, "queued"],
  [/\bcannot be (read|shown|listed)"/i, "Could not load …"],
  [/\bdata sets?\b/i, "dataset"],
];

it("pages speak in plain words, without the idioms that readers stumble over", () => {
  const found = files().flatMap((file) => {
    const text = withoutComments(readFileSync(`${root}${file}`, "utf8"));
    return habits.flatMap(([habit, instead]) => {
      const hit = habit.exec(text);
      return hit === null ? [] : [`${file}: “…${text.slice(Math.max(0, hit.index - 40), hit.index + 40)}…”; write: ${instead}`];
    });
  });
  expect(found).toEqual([]);
});

function files(): string[] {
  const listed = execFileSync("git", ["ls-files", ...rooms], { cwd: root, encoding: "utf8" });
  return listed.split("\n").filter((file) => /\.tsx?$/.test(file));
}

/** The file in one line, so that a sentence is found however it is wrapped. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, " ")
    .replace(/(^|\s)\/\/.*$/gm, " ")
    .replace(/\s+/g, " ");
}
