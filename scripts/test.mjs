#!/usr/bin/env node
// `npm test`: everything that a change must pass. In a fresh clone it first installs packages and links the engine, as `npm start` does.
// With STANSCOPE_FIXTURES (and STANSCOPE_MODELS) it also compares with the reference values there.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { requireNode, setUp } from "./set-up.mjs";
import { build, isBuilt, sourcesHash } from "./start/build.mjs";
import { endDescendants } from "./start/descendants.mjs";
import { bold, say } from "./start/stages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const vitest = "node_modules/vitest/vitest.mjs";

/** What was done and what came of it, in order. @type {{ name: string, outcome: "passed" | "failed" | "not run", note: string }[]} */
const results = [];
const scratch = mkdtempSync(path.join(tmpdir(), "stanscope-test-"));

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, async () => {
    await endDescendants();
    rmSync(scratch, { recursive: true, force: true });
    process.exit(1);
  });
}

const started = performance.now();
try {
  requireNode();
  say(`\n  ${bold("Stanscope")} tests\n`);
  const engine = await setUp(root);
  await run("format and lint", "node_modules/@biomejs/biome/bin/biome", ["check", "."]);
  await run("page types", "node_modules/next/dist/bin/next", ["typegen"]);
  await run("types", "node_modules/typescript/bin/tsc", ["--noEmit"]);
  await run("unused code", "node_modules/knip/bin/knip.js", []);
  await runTests("tests", [], engine);
  await check("build", buildPages);
  await runInBrowser(engine);
} catch (error) {
  results.push({ name: "set-up", outcome: "failed", note: error instanceof Error ? error.message : String(error) });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
conclude();

/** The built application in a real browser; said plainly when this machine has none. */
async function runInBrowser(engine) {
  const browser = [process.env.STANSCOPE_CHROMIUM, ...browsers].find((candidate) => candidate && existsSync(candidate));
  if (browser !== undefined) {
    await runTests("browser tests", ["--config", "vitest.e2e.config.ts"], { ...engine, STANSCOPE_CHROMIUM: browser });
    return;
  }
  const note = "there is no Chromium on this machine: apt-get install chromium, or give its path in STANSCOPE_CHROMIUM";
  results.push({ name: "browser tests", outcome: "not run", note });
}

/** Runs tests, and counts them from the report that they write. */
async function runTests(name, options, environment) {
  const report = path.join(scratch, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const result = await run(name, vitest, ["run", ...reporters, ...options], environment);
  if (!existsSync(report)) return;
  const { numTotalTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  const notRun = numPendingTests + numTodoTests;
  const counts = [
    `${numTotalTests - numFailedTests - notRun} passed`,
    ...(numFailedTests > 0 ? [`${numFailedTests} failed`] : []),
    ...(notRun > 0 ? [`${notRun} not run${missingReferences()}`] : []),
  ];
  result.note += `: ${counts.join(", ")}, in ${testResults.length} files`;
}

/** What the tests that are left out would have needed. */
function missingReferences() {
  const missing = [
    ["STANSCOPE_FIXTURES", "reference values"],
    ["STANSCOPE_MODELS", "real models"],
  ]
    .filter(([variable]) => !process.env[variable])
    .map(([variable, what]) => `${variable} names no folder of ${what}`);
  if (!process.env.STANSCOPE_PEERS_PYTHON) missing.push("STANSCOPE_PEERS_PYTHON names no Python with torch, transformers and peft");
  return missing.length === 0 ? "" : ` (${missing.join(", ")})`;
}

async function buildPages() {
  const hash = sourcesHash(root);
  if (isBuilt(root, hash)) return;
  await build(root, { hash, log: path.join(scratch, "build.log"), onProgress: () => {} });
}

async function run(name, script, options, environment = {}) {
  return check(name, async () => {
    const child = spawn(process.execPath, [path.join(root, script), ...options], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...environment },
    });
    const code = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", resolve);
    });
    if (code !== 0) throw new Error(`it ended with status ${code}`);
  });
}

async function check(name, work) {
  say(`\n  ${bold(name)}`);
  const started = performance.now();
  const result = { name, outcome: "passed", note: "" };
  try {
    await work();
  } catch (error) {
    result.outcome = "failed";
    say(`  ${error instanceof Error ? error.message : String(error)}`);
  }
  result.note = secondsSince(started);
  say(`  ${result.outcome} in ${result.note}`);
  results.push(result);
  return result;
}

function conclude() {
  const failed = results.filter(({ outcome }) => outcome === "failed").map(({ name }) => name);
  say(`\n  ${bold("In all")}`);
  for (const { name, outcome, note } of results) say(`  ${outcome.padEnd(8)} ${name.padEnd(16)} ${note}`);
  say(`\n  ${failed.length > 0 ? `Failed: ${failed.join(", ")}` : "All passed"}, ${secondsSince(started)}\n`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

function secondsSince(started) {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}
