import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processStat } from "./process-stat.mjs";

const patienceMs = 10_000;

/**
 * Notes a child process in the data folder, so that the next start finds it should this one be killed.
 *
 * @param {string} dataFolder
 * @param {string} name of what it does; a child of the same name takes its place
 * @param {number} pid
 */
export function noteChild(dataFolder, name, pid) {
  mkdirSync(folderOf(dataFolder), { recursive: true });
  writeFileSync(path.join(folderOf(dataFolder), name), JSON.stringify({ pid, born: bornAt(pid) }));
}

/**
 * Waits until the children of a start that was killed have ended; they notice that it is gone. One that does not within ten seconds is killed. The
 * caller holds the data folder's lock, so nobody else's children are meant.
 *
 * @param {string} dataFolder
 * @returns {Promise<boolean>} whether an earlier start had any: the system may close the sockets of one a moment after it counts as ended
 */
export async function endChildrenLeft(dataFolder) {
  const folder = folderOf(dataFolder);
  if (!existsSync(folder)) return false;
  const notes = readdirSync(folder).map((name) => readNote(path.join(folder, name)));
  const left = notes.filter((note) => note !== undefined).filter(isRunning);
  for (const end = performance.now() + patienceMs; performance.now() < end && left.some(isRunning); ) await sleep(50);
  for (const child of left.filter(isRunning)) process.kill(child.pid, "SIGKILL");
  while (left.some(isRunning)) await sleep(20);
  rmSync(folder, { recursive: true, force: true });
  return true;
}

function folderOf(dataFolder) {
  return path.join(dataFolder, "processes");
}

/** Undefined for a note that was cut off when the machine went down: its process went too. */
function readNote(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** A process of the same number that was born at another time is another's. */
function isRunning({ pid, born }) {
  return born !== undefined && bornAt(pid) === born;
}

/** @returns {string | undefined} undefined when there is no such process, or only its exit status is left */
function bornAt(pid) {
  try {
    if (!existsSync("/proc/self/stat")) return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    const stat = processStat(pid);
    return stat === undefined || stat.state === "Z" ? undefined : `${bootId()} ${stat.born}`;
  } catch {
    return undefined;
  }
}

function bootId() {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
