import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Part = "start" | "web" | "worker" | "database";
export type PartProcess = { readonly pid: number; readonly part: Part };

/** The living processes of the Stanscope that works in a data folder, orphans included; of PostgreSQL the server itself alone. Linux only. */
export function processesOf(home: string): PartProcess[] {
  return readdirSync("/proc").flatMap((name): PartProcess[] => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    const part = partOf(pid, home);
    return part === undefined ? [] : [{ pid, part }];
  });
}

/** Ends processes as the system would when memory runs out. */
export function killNow(found: readonly PartProcess[]): void {
  for (const { pid } of found) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }
}

/** Resident memory, in bytes; 0 when it has ended. */
export function memoryOf(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

function partOf(pid: number, home: string): Part | undefined {
  const words = read(`/proc/${pid}/cmdline`).split("\0");
  if (words[0]?.endsWith("/bin/postgres")) return words.includes(join(home, "postgres")) ? "database" : undefined;
  const script = words.find((word) => /scripts\/(start|web|worker)\.mjs$/.test(word));
  const part = script && /(start|web|worker)\.mjs$/.exec(script)?.[1];
  if (part !== "start" && part !== "web" && part !== "worker") return undefined;
  return read(`/proc/${pid}/environ`).split("\0").includes(`STANSCOPE_HOME=${home}`) ? part : undefined;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
