import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const shared = filesThatShareAProcess();

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
          exclude: ["tests/e2e/**", "tests/knocks/**", ...shared],
        },
      },
      { extends: true, test: { name: "shared process", include: shared, isolate: false } },
    ],
  },
});

/**
 * Tests that change nothing of their process: they share one, whose start and whose loading of modules takes longer than most of them. A file that replaces
 * modules, globals or clocks, draws into a document, computes with tensors itself, or starts or looks at processes has one of its own.
 */
function filesThatShareAProcess(): string[] {
  const ofItsOwn =
    /\bvi\b|@vitest-environment|\bprocess\.|globalThis|\.prototype\b|liveBytes|startEngine|server\/engine\/tensor|\/engines"|\bspawn|\bfork\(|startWorker|stanscope(Succeeds)?\(|worker_threads/;
  return ["tests/app", "tests/components", "tests/lib", "tests/output", "tests/server"]
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)))
    .filter((path) => /\.test\.tsx?$/.test(path) && !ofItsOwn.test(readFileSync(path, "utf8")));
}
