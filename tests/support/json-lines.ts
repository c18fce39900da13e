import { readFileSync } from "node:fs";

/** The values of a file that has one a line. */
export function jsonLines<Line>(path: string): Line[] {
  return readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
