import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Files of one input by name. */
export type Files = Readonly<Record<string, Buffer>>;

/** Something that reads files of others. */
export type FileReader = {
  readonly name: string;
  /** Small valid inputs, created in an empty folder or read from it. */
  readonly corpus: (folder: string) => Promise<Files[]> | Files[];
  /** Reads all there is. What it writes goes into `out`, and must not be there when it throws. */
  readonly read: (folder: string, out: string) => Promise<void> | void;
};

export function fromDisk(folder: string, names: readonly string[]): Files {
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
}

export function asJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
