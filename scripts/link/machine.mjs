// What this machine has: device, cache folder, package folders, and running other programs.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, cpus, homedir } from "node:os";
import path from "node:path";

const require = createRequire(import.meta.url);

/** "gpu" where an NVIDIA driver answers, unless STANSCOPE_DEVICE=cpu asks for the processor. */
export function detectDevice() {
  if (process.env.STANSCOPE_DEVICE === "cpu") return "cpu";
  return existsSync("/proc/driver/nvidia/version") || existsSync("/dev/nvidia0") ? "gpu" : "cpu";
}

/** One folder for all clones on this machine. */
export function cacheFolder(version, device) {
  const base = process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache");
  return path.join(base, "stanscope", `tensorflow-${version}-${device}-napi8-${arch()}`);
}

export function packageFolder(name) {
  return path.dirname(require.resolve(`${name}/package.json`));
}

/** Names the processor by model and instruction sets, because the kernels are built for exactly this one. */
export function processorName() {
  const flags = existsSync("/proc/cpuinfo") ? (/^(?:flags|Features)\s*:.*$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[0] ?? "") : "";
  return `${cpus()[0]?.model ?? arch()} ${flags}`;
}

/**
 * Runs a program to its end.
 * @returns {Promise<{ code: number | undefined, output: string }>} code undefined when the program is not there
 */
export function run(program, args, { env = process.env } = {}) {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes) => {
        output += bytes;
      });
    child.on("error", (error) => resolve({ code: undefined, output: String(error) }));
    child.on("close", (code) => resolve({ code: code ?? -1, output }));
  });
}

export function lastLines(text, count = 12) {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
