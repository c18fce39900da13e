import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const files = unitTests();
const ofDocuments = files.filter(({ text }) => drawsInDocument(text) && !changesClock(text));
const plain = files.filter(({ text }) => !changesItsProcess(text) && !changesModules(text));
const ofModules = files.filter(({ text }) => !changesItsProcess(text) && changesModules(text) && !changesClock(text));

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "") } },
  test: {
    globalSetup: ["tests/support/database-server.ts"],
    tags: [{ name: "references", description: "compares with values or models from outside the repository" }],
    // The TensorFlow binding is not made for worker threads.
    pool: "forks",
    // One more than the two cores of the bench: tests that kill a worker wait until its leases end, and others compute meanwhile.
    maxWorkers: 3,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "own process",
          include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
          exclude: ["tests/e2e/**", "tests/knocks/**", ...pathsOf([...plain, ...ofModules, ...ofDocuments])],
        },
      },
      { extends: true, test: { name: "shared process", include: pathsOf(plain), isolate: false } },
      {
        extends: true,
        test: {
          name: "shared process, own modules",
          include: pathsOf(ofModules),
          setupFiles: ["tests/support/clean-modules.ts"],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "shared document",
          include: pathsOf(ofDocuments),
          environment: "happy-dom",
          setupFiles: ["tests/support/clean-document.ts"],
          isolate: false,
        },
      },
    ],
  },
});

type UnitTest = { readonly path: string; readonly text: string };

function unitTests(): UnitTest[] {
  return ["tests/app", "tests/components", "tests/lib", "tests/output", "tests/scripts", "tests/server"]
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)))
    .filter((path) => /\.test\.tsx?$/.test(path))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

function pathsOf(tests: readonly UnitTest[]): string[] {
  return tests.map(({ path }) => path);
}

/*
 * Starting a process and loading its modules takes longer than most tests, so files share processes where they can.
 */

function drawsInDocument(text: string): boolean {
  return text.includes("@vitest-environment happy-dom");
}

/** Tests that start or look at processes, or change something of their own that stays. */
function changesItsProcess(text: string): boolean {
  return /@vitest-environment|\bprocess\.|globalThis|\.prototype\b|\bspawn|\bfork\(|startWorker|stanscope(Succeeds)?\(|worker_threads/.test(
    text,
  );
}

/** Tests that replace modules or globals, or compute with tensors: which engine runs and how many tensors are alive is known to a module. */
function changesModules(text: string): boolean {
  return /\bvi\b|liveBytes|startEngine|server\/engine\/tensor|\/engines"/.test(text);
}

/** What has waited by a false clock may wait for it for ever. */
function changesClock(text: string): boolean {
  return /\bvi\.(useFakeTimers|setSystemTime)\b/.test(text);
}
