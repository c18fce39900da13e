#!/usr/bin/env node
// `npm test`: everything that a change must pass and that a clone alone can run. In a fresh clone it first installs packages and links the engine, as
// `npm start` does.
//   --references   (`npm run test:references`) only the tests that compare with values and models from outside the repository, which
//                  STANSCOPE_FIXTURES, STANSCOPE_MODELS, STANSCOPE_PEERS_PYTHON and STANSCOPE_CLIENT_PYTHON name
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { requireNode, setUp } from "./set-up.mjs";
import { buildOnce } from "./start/build.mjs";
import { endDescendants } from "./start/descendants.mjs";
import { bold, say } from "./start/stages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const vitest = "node_modules/vitest/vitest.mjs";

const onlyReferences = process.argv.includes("--references");
/** Tests of all kinds. */
const counts = { passed: 0, failed: 0, skipped: 0 };

/** What was done and what came of it, in order. @type {{ name: string, outcome: "passed" | "failed" | "not run", note: string }[]} */
const results = [];
/** `file > test`, with the first line of why. @type {string[]} */
const failedTests = [];
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
  const references = ["--config", "vitest.references.config.ts", "--tagsFilter=references"];
  await (onlyReferences ? runTests("reference tests", references, engine) : runAll(engine));
} catch (error) {
  results.push({ name: "set-up", outcome: "failed", note: error instanceof Error ? error.message : String(error) });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
conclude();

async function runAll(engine) {
  await run("format and lint", "node_modules/@biomejs/biome/bin/biome", ["check", "."]);
  await run("page types", "node_modules/next/dist/bin/next", ["typegen"]);
  await run("types", "node_modules/typescript/bin/tsc", ["--noEmit"]);
  await run("unused code", "node_modules/knip/bin/knip.js", []);
  await runTests("tests", ["--tagsFilter=!references"], engine);
  await check("build", buildPages);
  await runTests("knocks", ["--config", "vitest.knocks.config.ts"], engine);
  await runInBrowser(engine);
  const note = "npm run test:references, with values and models from outside the repository (CONTRIBUTING.md)";
  results.push({ name: "reference tests", outcome: "not run", note });
}

/** The built application in a real browser; said plainly when this machine has none. */
async function runInBrowser(engine) {
  const browser = [process.env.STANSCOPE_CHROMIUM, ...browsers].find((candidate) => candidate && existsSync(candidate));
  if (browser !== undefined) {
    await runTests("browser tests", ["--config", "vitest.e2e.config.ts"], { ...engine, STANSCOPE_CHROMIUM: browser });
    return;
  }
  const note = "no Chromium on this machine: apt-get install chromium, or set STANSCOPE_CHROMIUM to its path";
  results.push({ name: "browser tests", outcome: "not run", note });
}

/** Runs tests, and counts them from the report that they write. */
async function runTests(name, options, environment) {
  const report = path.join(scratch, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const result = await run(name, vitest, ["run", ...reporters, ...options], environment);
  if (!existsSync(report)) return;
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  // Those that the filter left out belong to the other command.
  const own = tests.filter(({ tags }) => tags.includes("references") === onlyReferences);
  const passed = own.filter(({ status }) => status === "passed").length;
  const failed = own.filter(({ status }) => status === "failed").length;
  const skipped = own.length - passed - failed;
  counts.passed += passed;
  counts.failed += failed;
  counts.skipped += skipped;
  failedTests.push(...failuresOf(testResults));
  const parts = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped${onlyReferences ? missingReferences() : ""}`] : []),
  ];
  result.note += `: ${parts.join(", ")}, in ${testResults.length} files`;
}

/** The failed tests of a report, and the files that broke before any of their tests ran. */
function failuresOf(files) {
  return files.flatMap(({ name, status, message, assertionResults }) => {
    const file = path.relative(root, name);
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0 && status === "failed") return [`${file}\n      ${firstLine(message)}`];
    return failed.map(({ fullName, failureMessages }) => `${file} > ${fullName}\n      ${firstLine(failureMessages[0])}`);
  });
}

function firstLine(message = "") {
  return message.split("\n")[0].slice(0, 300);
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
  if (!process.env.STANSCOPE_CLIENT_PYTHON) missing.push("STANSCOPE_CLIENT_PYTHON names no Python with pandas and pyarrow");
  return missing.length === 0 ? "" : ` (${missing.join(", ")})`;
}

async function buildPages() {
  await buildOnce(root, { log: path.join(scratch, "build.log") });
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
  for (const failure of failedTests) say(`  FAILED ${failure}`);
  say(`\n  ${failed.length > 0 ? `Failed: ${failed.join(", ")}` : "All passed"}, ${secondsSince(started)}\n`);
  // Continuous integration reads this line. A check that is no test, or that broke before any test ran, counts as one failure.
  const failures = failed.length > 0 ? Math.max(counts.failed, 1) : 0;
  say(`${counts.passed} passed, ${failures} failed, ${counts.skipped} skipped`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

function secondsSince(started) {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}
