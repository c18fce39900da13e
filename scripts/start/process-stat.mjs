import { readFileSync } from "node:fs";

/**
 * What Linux says of a process.
 *
 * @param {number | string} pid
 * @returns {{ state: string, parent: number, born: string } | undefined} `born` in ticks since the machine started; undefined when there is no such
 *   process, or no /proc
 */
export function processStat(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0], parent: Number(fields[1]), born: fields[19] };
  } catch {
    return undefined;
  }
}
