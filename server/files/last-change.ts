import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** When a file, or anything in a folder, last changed, in milliseconds since 1970; `Infinity` for what is gone. */
export function lastChange(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return Number.POSITIVE_INFINITY;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, lastChange(join(path, name))), stats.mtimeMs);
}
