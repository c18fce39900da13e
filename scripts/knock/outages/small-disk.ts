import { execFileSync } from "node:child_process";
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closing } from "@/scripts/knock/closing";
import type { OutageOutcome } from "./outage";

/** Mounts a small file system in memory on a folder; only root may. @param options of mount @returns why not, where it cannot */
export function mount(folder: string, options: string): string | undefined {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "stanscope-knock", folder], { stdio: "pipe" });
  } catch (error) {
    return `no file system can be mounted here: ${error instanceof Error ? error.message.trim().split("\n").at(-1) : error}`;
  }
}

export function unmount(folder: string): void {
  execFileSync("umount", ["-l", folder]);
}

/** Does something while a small file system is mounted on a folder. @param options of mount */
export async function mounted(folder: string, options: string, work: () => Promise<OutageOutcome>): Promise<OutageOutcome> {
  const skipped = mount(folder, options);
  return skipped === undefined ? closing(() => unmount(folder), work) : { skipped };
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
