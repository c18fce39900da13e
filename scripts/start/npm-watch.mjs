import { readFileSync } from "node:fs";

const checkEveryMs = 500;

/**
 * Calls back when the npm that runs this process is gone: it may be killed without a word to us. Between npm and us there may be a shell.
 *
 * @param {() => void} callBack
 */
export function onNpmGone(callBack) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const npm = isShell(shell) ? parentOf(shell) : undefined;
  const isThere = () => process.ppid === shell && (npm === undefined || parentOf(shell) === npm);
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

function parentOf(pid) {
  try {
    // The name in parentheses may hold spaces; what follows it is the state and the parent.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
