import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

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
 * Builds the pages.
 *
 * @param {string} root
 * @param {{ hash: string, log: string, onProgress: (text: string) => void }} options
 */
export async function build(root, { hash, log, onProgress }) {
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
