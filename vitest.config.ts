import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const files = unitTests();
const ofDocuments = files
  .filter(({ text }) => text.includes("@vitest-environment happy-dom") && !changesModules(text))
  .map(({ path }) => path);
const plain = files.filter(({ text }) => !changesItsProcess(text) && !computes(text)).map(({ path }) => path);
const ofTensors = files.filter(({ text }) => computes(text) && !changesItsProcess(text)).map(({ path }) => path);

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
          exclude: ["tests/e2e/**", "tests/knocks/**", ...plain, ...ofTensors, ...ofDocuments],
        },
      },
      { extends: true, test: { name: "shared process", include: plain, isolate: false } },
      { extends: true, test: { name: "shared engine", include: ofTensors, setupFiles: ["tests/support/clean-engine.ts"], isolate: false } },
      {
        extends: true,
        test: {
          name: "shared document",
          include: ofDocuments,
          environment: "happy-dom",
          setupFiles: ["tests/support/clean-document.ts"],
          isolate: false,
        },
      },
    ],
  },
});

function unitTests(): { path: string; text: string }[] {
  return ["tests/app", "tests/components", "tests/lib", "tests/output", "tests/server"]
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)))
    .filter((path) => /\.test\.tsx?$/.test(path))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

/** A module that a test replaces stays so in its process, and one that has waited by a false clock may wait for it for ever. */
function changesModules(text: string): boolean {
  return /\bvi\.(useFakeTimers|setSystemTime)\b/.test(text);
}

/** Tests that change nothing of their process share one, whose start and whose loading of modules takes longer than most of them. */
function changesItsProcess(text: string): boolean {
  return /\bvi\b|@vitest-environment|\bprocess\.|globalThis|\.prototype\b|\bspawn|\bfork\(|startWorker|stanscope(Succeeds)?\(|worker_threads/.test(
    text,
  );
}

/** Tests that compute with tensors share a process with the engine in it, which takes as long to start as most of them. */
function computes(text: string): boolean {
  return /liveBytes|startEngine|server\/engine\/tensor|\/engines"/.test(text);
}
