import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const patienceMs = 30_000;

/**
 * Puts a cluster into a state in which a server can start: a server that outlived its parent is stopped, and a pid file whose number now belongs
 * to another program is removed. The caller holds the data folder's lock, so nobody else's server is meant.
 *
 * @param {string} cluster
 */
export async function clearLeftover(cluster) {
  const pid = serverPid(cluster);
  // A file that names no process was cut off when the machine went down.
  if (pid === undefined || !isServerOf(pid, cluster)) {
    rmSync(path.join(cluster, "postmaster.pid"), { force: true });
    return;
  }
  process.kill(pid, "SIGINT");
  const end = Date.now() + patienceMs;
  while (isServerOf(pid, cluster)) {
    if (Date.now() > end)
      throw new Error(`an earlier PostgreSQL server (process ${pid}) on ${cluster} does not stop: kill it and start again`);
    await sleep(20);
  }
}

/**
 * The process that the cluster's pid file names.
 *
 * @param {string} cluster
 * @returns {number | undefined}
 */
export function serverPid(cluster) {
  const file = path.join(cluster, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const pid = Number.parseInt(readFileSync(file, "utf8"), 10);
  return pid > 1 ? pid : undefined;
}

/** Whether a process is a PostgreSQL server on this cluster; where there is no /proc, whether it runs at all. */
function isServerOf(pid, cluster) {
  try {
    if (!existsSync("/proc/self/cmdline")) return process.kill(pid, 0);
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return command.includes("postgres") && command.includes(cluster);
  } catch {
    return false;
  }
}
