import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const plain = filesOfPlainFunctions();

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "") } },
  test: {
    globalSetup: ["tests/support/database-server.ts"],
    tags: [{ name: "references", description: "compares with values or models from outside the repository" }],
    // The TensorFlow binding is not made for worker threads.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "own process",
          include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
          exclude: ["tests/e2e/**", "tests/knocks/**", ...plain],
        },
      },
      { extends: true, test: { name: "shared process", include: plain, isolate: false } },
    ],
  },
});

/**
 * Tests of functions that keep nothing: their files share a process, whose start and whose loading of modules takes longer than most of them. A file that
 * replaces modules, globals or clocks, or draws into a document, has a process of its own.
 */
function filesOfPlainFunctions(): string[] {
  return ["tests/lib", "tests/components"]
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)))
    .filter((path) => /\.test\.tsx?$/.test(path) && !/\bvi\b|@vitest-environment/.test(readFileSync(path, "utf8")));
}
