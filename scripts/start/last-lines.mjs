import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const mostBytes = 4096;
const mostLines = 8;

/**
 * The last lines of a file.
 *
 * @param {string} path
 * @param {number} from nothing before this byte is read
 * @returns {string[]} at most 8, of at most 4 KiB; none where the file cannot be read
 */
export function lastLines(path, from) {
  let file;
  try {
    file = openSync(path, "r");
    const { size } = fstatSync(file);
    const start = Math.max(from, size - mostBytes);
    const bytes = Buffer.alloc(Math.max(0, size - start));
    readSync(file, bytes, 0, bytes.length, start);
    const lines = bytes.toString("utf8").replaceAll("\0", "").split("\n");
    return lines.filter((line) => line.trim() !== "").slice(-mostLines);
  } catch {
    return [];
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
