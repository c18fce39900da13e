import { execFileSync } from "node:child_process";
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OutageOutcome } from "./outage";

/** Does something while a small file system in memory is mounted on a folder; only root may mount one. @param options of mount */
export async function mounted(folder: string, options: string, work: () => Promise<OutageOutcome>): Promise<OutageOutcome> {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "stanscope-knock", folder], { stdio: "pipe" });
  } catch (error) {
    return { skipped: `no file system can be mounted here: ${error instanceof Error ? error.message.trim().split("\n").at(-1) : error}` };
  }
  try {
    return await work();
  } finally {
    execFileSync("umount", ["-l", folder]);
  }
}

const ballast = ".ballast";

/** Fills the disk of a folder so that only so many bytes are left. */
export function fill(folder: string, leftBytes: number): void {
  empty(folder);
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(join(folder, ballast), new Uint8Array(Math.max(0, bavail * bsize - leftBytes)));
}

export function empty(folder: string): void {
  rmSync(join(folder, ballast), { force: true });
}
