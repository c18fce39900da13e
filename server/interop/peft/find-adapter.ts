import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isFullFolder } from "@/server/files/adapters/full-folder";
import { FileError } from "@/server/files/file-error";

/** Where an adapter lies and where what a trainer wrote about it may lie, nearest first. */
export type FoundAdapter = { readonly folder: string; readonly besides: readonly string[] };

const configName = "adapter_config.json";
const checkpointName = /^checkpoint-(\d+)$/;
/** How deep an archive may wrap the folder that it holds. */
const deepest = 3;

/**
 * Finds the adapter of a folder: the folder's own; else that of its newest `checkpoint-N`; else that of the one folder in it.
 *
 * @throws FileError when there is none, or several that could be meant, and for weights that were trained whole
 */
export function findAdapter(folder: string): FoundAdapter {
  if (isFullFolder(folder)) refuse(folder, "contains full weights, or only a head: only adapters in PEFT layout can be imported");
  return find(folder, deepest) ?? refuse(folder, `has no ${configName}: choose the folder that PEFT's save_pretrained wrote`);
}

function find(folder: string, depth: number): FoundAdapter | undefined {
  if (existsSync(join(folder, configName))) return { folder, besides: besides(folder) };
  const newest = newestCheckpoint(folder);
  if (newest !== undefined && existsSync(join(newest, configName))) return { folder: newest, besides: besides(newest) };
  if (depth === 0) return undefined;
  const found = foldersIn(folder).flatMap((name) => find(join(folder, name), depth - 1) ?? []);
  if (found.length > 1) {
    const names = found.slice(0, 6).map((each) => each.folder.slice(folder.length + 1));
    refuse(folder, `contains several adapters (${names.join(", ")}): choose one of these folders`);
  }
  return found[0];
}

/** The adapter's folder; the trainer's output folder around a checkpoint; the newest checkpoint in the adapter's folder. */
function besides(folder: string): string[] {
  const newest = newestCheckpoint(folder);
  const around = checkpointName.test(basename(folder)) ? [dirname(folder)] : [];
  return [folder, ...around, ...(newest === undefined ? [] : [newest])];
}

function newestCheckpoint(folder: string): string | undefined {
  const numbers = foldersIn(folder).flatMap((name) => checkpointName.exec(name)?.[1] ?? []);
  if (numbers.length === 0) return undefined;
  return join(folder, `checkpoint-${numbers.reduce((most, number) => (Number(number) > Number(most) ? number : most))}`);
}

function foldersIn(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
}

function refuse(folder: string, problem: string): never {
  throw new FileError("invalid", folder, problem);
}
