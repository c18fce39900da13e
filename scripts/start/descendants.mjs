import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { processStat } from "./process-stat.mjs";

const patienceMs = 3000;

/** Ends all processes that this one has started, and theirs; those that do not heed are killed. */
export async function endDescendants() {
  const all = descendants(process.pid);
  for (const pid of all) signal(pid, "SIGTERM");
  const end = Date.now() + patienceMs;
  while (Date.now() < end && all.some((pid) => signal(pid, 0))) await sleep(50);
  for (const pid of all) signal(pid, "SIGKILL");
}

function descendants(root) {
  const children = new Map();
  for (const [pid, parent] of processes()) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const found = [];
  for (const open = [root]; open.length > 0; ) {
    for (const child of children.get(open.pop()) ?? []) {
      found.push(child);
      open.push(child);
    }
  }
  return found;
}

/** Pairs of process and parent. */
function processes() {
  if (!existsSync("/proc/self/stat")) {
    const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
    return lines.map((line) => line.trim().split(/\s+/).map(Number));
  }
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = processStat(name);
      // Without one it has ended meanwhile.
      return stat === undefined ? [] : [[Number(name), stat.parent]];
    });
}

function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
