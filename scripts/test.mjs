#!/usr/bin/env node
// `npm test`: everything that a change must pass. In a fresh clone it first installs packages and links the engine, as `npm start` does.
// With STANSCOPE_FIXTURES (and STANSCOPE_MODELS) it also compares with the reference values there.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { requireNode, setUp } from "./set-up.mjs";
import { endDescendants } from "./start/descendants.mjs";
import { bold, say } from "./start/stages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, async () => {
    await endDescendants();
    process.exit(1);
  });
}

requireNode();
say(`\n  ${bold("Stanscope")} tests\n`);
await setUp(root);

const checks = [
  ["format and lint", "node_modules/@biomejs/biome/bin/biome", ["check", "."]],
  ["page types", "node_modules/next/dist/bin/next", ["typegen"]],
  ["types", "node_modules/typescript/bin/tsc", ["--noEmit"]],
  ["tests", "node_modules/vitest/vitest.mjs", ["run"]],
  ["unused code", "node_modules/knip/bin/knip.js", []],
  ["build", "node_modules/next/dist/bin/next", ["build"]],
];

const failed = [];
for (const [name, script, options] of checks) {
  if (!(await passes(name, script, options))) failed.push(name);
}
if (!(await passesInBrowser())) failed.push("browser tests");

if (failed.length > 0) say(`\n  Failed: ${failed.join(", ")}\n`);
else say("\n  All passed.\n");
process.exitCode = failed.length > 0 ? 1 : 0;

/** The built application in a real browser; said plainly when this machine has none. */
async function passesInBrowser() {
  const browser = [process.env.STANSCOPE_CHROMIUM, ...browsers].find((candidate) => candidate && existsSync(candidate));
  const folder = path.join(root, "tests/e2e");
  const hasTests = existsSync(folder) && readdirSync(folder).some((file) => file.endsWith(".test.ts"));
  if (!hasTests) return true;
  if (browser === undefined) {
    say(
      "\n  Browser tests are not run: there is no Chromium on this machine. `apt-get install chromium`, or its path in STANSCOPE_CHROMIUM.",
    );
    return true;
  }
  return passes("browser tests", "node_modules/vitest/vitest.mjs", ["run", "--config", "vitest.e2e.config.ts"], {
    STANSCOPE_CHROMIUM: browser,
  });
}

async function passes(name, script, options, environment = {}) {
  say(`\n  ${bold(name)}`);
  const started = performance.now();
  const child = spawn(process.execPath, [path.join(root, script), ...options], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...environment },
  });
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  say(`  ${code === 0 ? "passed" : "failed"}: ${name}, ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return code === 0;
}
