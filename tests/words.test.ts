import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { idioms } from "@/tests/support/idioms";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Where a page or the description of the API says something; tests/writing.test.ts reads the server and the documents. */
const rooms = ["components", "app", "lib/client", "lib/contract/endpoints", "lib/numbers"];

it("pages speak in plain words, without the idioms that readers stumble over", () => {
  const found = files().flatMap((file) => {
    const text = withoutComments(readFileSync(`${root}${file}`, "utf8"));
    return idioms.flatMap(([idiom, instead]) => {
      const hit = idiom.exec(text);
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
