import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import common from "./vitest.config";

/** The tests that compare with values or models from outside the repository, and only these: other files are not even read. */
export default defineConfig({
  ...common,
  test: { ...common.test, include: filesOfReferences(), tagsFilter: ["references"] },
});

function filesOfReferences(): string[] {
  return readdirSync("tests", { recursive: true, encoding: "utf8" })
    .map((name) => join("tests", name))
    .filter((path) => path.endsWith(".test.ts") && readFileSync(path, "utf8").includes(", references, "));
}
