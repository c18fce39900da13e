import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import common from "./vitest.config";

const { projects: _, ...settings } = common.test ?? {};

/** The files that compare with values or models from outside the repository; with `--tagsFilter=references` only those tests of theirs. */
export default defineConfig({ ...common, test: { ...settings, include: filesOfReferences() } });

function filesOfReferences(): string[] {
  return readdirSync("tests", { recursive: true, encoding: "utf8" })
    .map((name) => join("tests", name))
    .filter((path) => path.endsWith(".test.ts") && readFileSync(path, "utf8").includes(", references, "));
}
