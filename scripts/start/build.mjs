import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lockFolder } from "./folder-lock.mjs";

const lookAgainMs = 500;

const sourceFolders = ["app", "components", "lib", "server"];
const sourceFiles = ["next.config.mjs", "instrumentation-client.ts", "tsconfig.json", "package.json", "package-lock.json"];

/**
 * A hash of all that a build is made of.
 *
 * @param {string} root
 */
export function sourcesHash(root) {
  const hash = createHash("sha256").update(process.version);
  const add = (file) =>
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(path.join(root, file)))
      .update("\0");
  for (const folder of sourceFolders) for (const file of filesIn(root, folder)) add(file);
  for (const file of sourceFiles) if (existsSync(path.join(root, file))) add(file);
  return hash.digest("hex");
}

/** Whether the build in `.next` was made of these very sources. */
export function isBuilt(root, hash) {
  const stamp = stampFile(root);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
}

/**
 * Builds the pages, unless they are built of the sources as they are. One process builds at a time: others wait, and take what it made.
 *
 * @param {string} root
 * @param {{ log: string, onProgress?: (text: string) => void, onBegin?: () => void, make?: typeof build }} options `onBegin` may throw where nothing can be written
 */
export async function buildOnce(root, { log, onProgress = () => {}, onBegin = () => {}, make = build }) {
  const hash = sourcesHash(root);
  while (!isBuilt(root, hash)) {
    onBegin();
    const folder = path.join(root, "node_modules", ".stanscope-build");
    mkdirSync(folder, { recursive: true });
    const lock = await lockFolder(folder);
    if ("heldBy" in lock) {
      onProgress(`waiting for process ${lock.heldBy.pid}, which builds them`);
      await sleep(lookAgainMs);
      continue;
    }
    try {
      if (!isBuilt(root, hash)) await make(root, { hash, log, onProgress });
    } finally {
      lock.release();
    }
  }
}

/**
 * @param {string} root
 * @param {{ hash: string, log: string, onProgress: (text: string) => void }} options
 */
async function build(root, { hash, log, onProgress }) {
  rmSync(stampFile(root), { force: true });
  mkdirSync(path.dirname(log), { recursive: true });
  const output = openSync(log, "w", 0o600);
  onProgress("building the pages");
  const endWithParent = new URL("end-with-parent.mjs", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", endWithParent, path.join(root, "node_modules/next/dist/bin/next"), "build"], {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", output, output, "ipc"],
  });
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  if (code !== 0)
    throw new Error(
      `next build failed. The end of its log (${log}):\n${readFileSync(log, "utf8").trim().split("\n").slice(-25).join("\n")}`,
    );
  writeFileSync(stampFile(root), hash);
}

function stampFile(root) {
  return path.join(root, process.env.STANSCOPE_DIST ?? ".next", "stanscope-sources");
}

function filesIn(root, folder) {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}
