import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { FileError } from "@/server/files/file-error";
import { readJsonObject } from "@/server/files/json-file";

export const labelsName = "labels.json";
const labelFile = z.object({ labels: z.array(z.string()).min(2) });

/** Writes the names of a classification's classes beside the adapter, in the order of the head's scores: PEFT's files have no place for them. */
export function writeLabelNames(folder: string, labels: readonly string[]): void {
  writeFileAtomically(join(folder, labelsName), [JSON.stringify({ labels }, null, 2)]);
}

/** Undefined where the adapter's folder names none. @throws FileError when the file is damaged */
export function readLabelNames(folder: string): string[] | undefined {
  const path = join(folder, labelsName);
  if (!existsSync(path)) return undefined;
  const parsed = labelFile.safeParse(readJsonObject(path));
  if (!parsed.success) throw new FileError("invalid", path, 'holds no list "labels" of two names or more');
  return parsed.data.labels;
}
