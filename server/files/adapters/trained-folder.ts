import { existsSync } from "node:fs";
import { join } from "node:path";
import { type AdapterFolder, adapterFiles, readAdapter, writeAdapter } from "./adapter-folder";
import { type FullFolder, fullFiles, isFullFolder, readFullFolder, writeFullFolder } from "./full-folder";
import { labelsName } from "./label-names";

/** What a run trained, as it lies on disk: an adapter in PEFT layout, or weights by the checkpoint's own names. */
export type TrainedFolder =
  | ({ readonly layout: "peft" } & Pick<AdapterFolder, "config" | "tensors"> & Partial<Pick<AdapterFolder, "savedTensors">>)
  | ({ readonly layout: "checkpoint" } & FullFolder);

/** @throws FileError when the disk is full */
export function writeTrained(folder: string, trained: TrainedFolder): void {
  if (trained.layout === "checkpoint") writeFullFolder(folder, trained);
  else writeAdapter(folder, trained);
}

/** @throws FileError naming the file and the key or tensor at fault */
export function readTrained(folder: string): TrainedFolder {
  return isFullFolder(folder) ? { layout: "checkpoint", ...readFullFolder(folder) } : { layout: "peft", ...readAdapter(folder) };
}

/** Whether a folder holds all that what was trained consists of. */
export function holdsTrained(folder: string): boolean {
  return filesOf(folder).every((file) => existsSync(join(folder, file)));
}

/** The files of a folder that others load what was trained from: its tensors, its configuration and, of a classifier, the names of its classes. */
export function trainedFiles(folder: string): string[] {
  return [...filesOf(folder), ...(existsSync(join(folder, labelsName)) ? [labelsName] : [])];
}

function filesOf(folder: string): readonly string[] {
  return isFullFolder(folder) ? fullFiles : adapterFiles;
}

/** Every tensor by a name that a person finds it by. */
export function* trainedTensors(trained: TrainedFolder): Generator<readonly [name: string, data: Float32Array]> {
  if (trained.layout === "checkpoint") {
    for (const [name, { data }] of trained.tensors) yield [name, data];
    return;
  }
  for (const [module, parts] of trained.tensors) for (const { data } of Object.values(parts)) yield [module, data];
  for (const [name, { data }] of trained.savedTensors ?? []) yield [name, data];
}
