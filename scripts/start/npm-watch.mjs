import { readFileSync } from "node:fs";
import { processStat } from "./process-stat.mjs";

const checkEveryMs = 500;

/**
 * Calls back when the npm that runs this process is gone: it may be killed without a word to us. Between npm and us there may be a shell.
 *
 * @param {() => void} callBack
 */
export function onNpmGone(callBack) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const npm = isShell(shell) ? processStat(shell)?.parent : undefined;
  const isThere = () => process.ppid === shell && (npm === undefined || processStat(shell)?.parent === npm);
  const timer = setInterval(() => {
    if (isThere()) return;
    clearInterval(timer);
    callBack();
  }, checkEveryMs);
  timer.unref();
}

/** Whether a process is the shell in which npm runs a script; only Linux says so, and elsewhere the parent alone is watched. */
function isShell(pid) {
  try {
    const [command = "", option] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return /(^|\/)(sh|dash|bash|ash)$/.test(command) && option === "-c";
  } catch {
    return false;
  }
}
