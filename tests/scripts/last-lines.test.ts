import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lastLines } from "@/scripts/start/last-lines.mjs";
import { temporaryFolder } from "@/tests/support/temporary-folder";

test("of a log the last lines are read that a process wrote itself, and little of a long one", () => {
  const path = join(temporaryFolder(), "worker.log");
  writeFileSync(path, "of the process before\n");
  appendFileSync(path, "one\n\ntwo\n");
  expect(lastLines(path, "of the process before\n".length)).toEqual(["one", "two"]);
  appendFileSync(path, `${"x".repeat(5000)}\n${Array.from({ length: 11 }, (_, at) => `line ${at}`).join("\n")}\n`);
  expect(lastLines(path, 0)).toEqual(Array.from({ length: 8 }, (_, at) => `line ${at + 3}`));
  expect(lastLines(`${path} of nobody`, 0)).toEqual([]);
});
