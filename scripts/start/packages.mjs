import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * Whether all packages of the lock file are installed in the versions that it names. Those for other machines may be missing.
 *
 * @param {string} root
 */
export function arePackagesInstalled(root) {
  const installedFile = path.join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  return Object.entries(wanted).every(([place, { version, optional, link }]) => {
    if (place === "" || link) return true;
    const there = installed[place];
    return there === undefined ? optional === true : there.version === version;
  });
}

/**
 * Installs the packages of the lock file by `npm ci`, their install scripts left out.
 *
 * @param {string} root
 * @param {(text: string) => void} onProgress
 */
export async function installPackages(root, onProgress) {
  const total = Object.keys(JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")).packages).length - 1;
  const options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=http", "--include=dev", "--include=optional"];
  const npm = process.env.npm_execpath;
  const [command, ...rest] = npm?.endsWith(".js") ? [process.execPath, npm, ...options] : ["npm", ...options];
  const child = spawn(command, rest, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let fetched = 0;
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      const text = String(data);
      fetched += text.match(/http fetch GET 200/g)?.length ?? 0;
      output = (output + text.replace(/^npm http .*\n/gm, "")).slice(-4000);
      onProgress(`installing, ${Math.min(fetched, total)} of about ${total} packages downloaded`);
    });
  }
  const code = await new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(new Error("npm cannot be started: it comes with Node.js. Is it on the PATH?", { cause })));
    child.once("exit", resolve);
  });
  if (code !== 0) throw new Error(`npm ci failed. Its last output:\n${output.trim()}`);
  return total;
}
