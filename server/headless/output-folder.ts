import { existsSync } from "node:fs";
import { createFolder } from "@/server/files/atomic-write";

/** Writes files into a folder; one that is not there yet appears with all of them. */
export function writeInto(folder: string, write: (folder: string) => void): void {
  if (existsSync(folder)) write(folder);
  else createFolder(folder, write);
}
