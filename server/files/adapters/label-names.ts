import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { FileError } from "@/server/files/file-error";
import { readJsonObject } from "@/server/files/json-file";

export const labelsName = "labels.json";
const labelFile = z.object({ labels: z.array(z.string()).min(2), problem_type: z.string().optional() });

/**
 * Writes the names of a head's classes beside the adapter, in the order of its scores: PEFT's files have no place for them.
 *
 * @param problemType what the head learned, where its number of scores does not say it
 */
export function writeLabelNames(folder: string, labels: readonly string[], problemType?: string): void {
  writeFileAtomically(join(folder, labelsName), [JSON.stringify({ labels, problem_type: problemType }, null, 2)]);
}

/** Undefined where the adapter's folder names none. @throws FileError when the file is damaged */
export function readLabelNames(folder: string): string[] | undefined {
  return readLabelFile(folder)?.labels;
}

/** What the head beside an adapter learned; undefined where its number of scores says it. @throws FileError when the file is damaged */
export function readProblemType(folder: string): string | undefined {
  return readLabelFile(folder)?.problem_type;
}

function readLabelFile(folder: string): z.infer<typeof labelFile> | undefined {
  const path = join(folder, labelsName);
  if (!existsSync(path)) return undefined;
  const parsed = labelFile.safeParse(readJsonObject(path));
  if (!parsed.success) throw new FileError("invalid", path, 'holds no list "labels" of two names or more');
  return parsed.data;
}
