import { writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";

/**
 * Lets a child process give way to the others of this machine, so that pages answer while it trains; alone it still gets the whole machine. Call it when
 * the child is launched: threads that it starts later have its priority.
 *
 * @param {number} pid of a child with a session of its own
 */
export function lowerPriority(pid) {
  const { PRIORITY_BELOW_NORMAL } = constants.priority;
  try {
    setPriority(pid, PRIORITY_BELOW_NORMAL);
    // Where Linux shares the processors between sessions first, a process's own priority counts within its session alone.
    if (process.platform === "linux") writeFileSync(`/proc/${pid}/autogroup`, String(PRIORITY_BELOW_NORMAL));
  } catch {
    // It has ended, or this machine has no such groups; its work does not depend on it.
  }
}
