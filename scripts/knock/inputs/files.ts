import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Files of one input by name. */
export type Files = Readonly<Record<string, Buffer>>;

export function fromDisk(folder: string, names: readonly string[]): Files {
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
}
