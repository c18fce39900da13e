import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { asFileError } from "./file-error";

/**
 * Writes a file under a temporary name, syncs it, and only then gives it its name: a reader sees the old file or the whole new one.
 *
 * @param parts written one after another
 * @throws FileError when the disk is full or may not be written; the temporary file is gone then
 */
export function writeFileAtomically(path: string, parts: Iterable<Uint8Array | string>): void {
  const temporary = temporarySibling(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeAndSync(temporary, parts);
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw asFileError(path, error);
  }
}

/**
 * Makes a folder that is not there yet: filled under a temporary name, then named.
 *
 * @param fill writes the files, each synced, into the folder that it is given
 */
export function createFolder(folder: string, fill: (temporary: string) => void): void {
  const temporary = temporarySibling(folder);
  try {
    mkdirSync(temporary, { recursive: true });
    fill(temporary);
    syncFolder(temporary);
    renameSync(temporary, folder);
    syncFolder(dirname(folder));
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw asFileError(folder, error);
  }
}

/** Name under which {@link replaceFolder} keeps the folder that it replaced. */
export function previousFolder(folder: string): string {
  return `${folder}.previous`;
}

/**
 * As {@link createFolder}, but a folder of that name may exist; it is kept as `<folder>.previous`. Should the process die between the two
 * renames, that one is still whole.
 */
export function replaceFolder(folder: string, fill: (temporary: string) => void): void {
  createFolder(folder, (temporary) => {
    fill(temporary);
    if (!existsSync(folder)) return;
    rmSync(previousFolder(folder), { recursive: true, force: true });
    renameSync(folder, previousFolder(folder));
  });
}

/** Begins with a dot and lies on the same disk, so that renaming it is atomic. */
export function temporarySibling(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`);
}

function writeAndSync(path: string, parts: Iterable<Uint8Array | string>): void {
  const descriptor = openSync(path, "wx");
  try {
    for (const part of parts) writeFully(descriptor, typeof part === "string" ? Buffer.from(part) : part);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeFully(descriptor: number, bytes: Uint8Array): void {
  const largestWrite = 1 << 30;
  for (let done = 0; done < bytes.byteLength; ) {
    done += writeSync(descriptor, bytes, done, Math.min(bytes.byteLength - done, largestWrite));
  }
}

/** Makes a rename durable. Some file systems refuse to sync a folder; there the rename is as durable as they make it. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } catch (error) {
    const mayFail = error instanceof Error && "code" in error && (error.code === "EINVAL" || error.code === "EPERM");
    if (!mayFail) throw error;
  } finally {
    closeSync(descriptor);
  }
}
