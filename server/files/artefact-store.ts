import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { createFolder, temporarySibling, writeFileAtomically } from "./atomic-write";
import { asFileError, FileError, systemCode } from "./file-error";
import { lastChange } from "./last-change";

/**
 * The data folder: weights, moments, data sets, by key (`runs/<id>/adapter`). What has a name is whole: everything is written under a temporary
 * name, synced, then renamed, and only then named in the database.
 */
export type ArtefactStore = {
  readonly root: string;
  /** Where a key lies on disk. @throws FileError for a key that would lie elsewhere */
  path(key: string): string;
  has(key: string): boolean;
  put(key: string, parts: Iterable<Uint8Array | string>): void;
  /** For uploads: writes as the bytes come. @param largestBytes what is longer is refused and leaves nothing */
  putStream(key: string, parts: AsyncIterable<Uint8Array>, largestBytes: number): Promise<{ sizeBytes: number; sha256: string }>;
  /** @param fill writes the files into the folder that it is given */
  putFolder(key: string, fill: (temporary: string) => void): void;
  /** Removes a file or folder; one that is not there is no error. */
  delete(key: string): void;
  /** Size of a file, or of all files in a folder; 0 where there is nothing. */
  sizeBytes(key: string): number;
  /**
   * Removes what processes of this machine that were killed left under temporary names.
   *
   * @param changedBefore milliseconds since 1970: what changed later stays, for it may be another machine's
   */
  removeLeftovers(changedBefore?: number): void;
};

/** Leading dots are kept for temporary names. */
const keyPart = /^[A-Za-z0-9_][\w.@+=-]{0,199}$/;

/** @param root made when it is not there */
export function artefactStore(root: string): ArtefactStore {
  const folder = resolve(root);
  makeFolder(folder);
  const path = (key: string): string => {
    if (!key.split("/").every((part) => keyPart.test(part))) {
      throw new FileError(
        "invalid",
        folder,
        `${JSON.stringify(key).slice(0, 120)} is not a key; expected names of letters, digits and . _ - @ + =, separated by slashes`,
      );
    }
    return join(folder, key);
  };
  return {
    root: folder,
    path,
    has: (key) => existsSync(path(key)),
    put: (key, parts) => writeFileAtomically(path(key), parts),
    putStream: (key, parts, largestBytes) => writeStream(path(key), parts, largestBytes),
    putFolder(key, fill) {
      makeFolder(dirname(path(key)));
      createFolder(path(key), fill);
    },
    delete(key) {
      try {
        rmSync(path(key), { recursive: true, force: true });
      } catch (error) {
        throw asFileError(path(key), error);
      }
    },
    sizeBytes: (key) => sizeOf(path(key)),
    removeLeftovers: (changedBefore = Number.POSITIVE_INFINITY) => removeTemporaries(folder, changedBefore),
  };
}

async function writeStream(
  path: string,
  parts: AsyncIterable<Uint8Array>,
  largestBytes: number,
): Promise<{ sizeBytes: number; sha256: string }> {
  const temporary = temporarySibling(path);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  try {
    makeFolder(dirname(path));
    const file = await open(temporary, "wx");
    try {
      for await (const part of parts) {
        sizeBytes += part.byteLength;
        if (sizeBytes > largestBytes) throw new FileError("tooLarge", path, `is larger than the limit of ${largestBytes} bytes`);
        hash.update(part);
        await file.writeFile(part);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    renameSync(temporary, path);
    return { sizeBytes, sha256: hash.digest("hex") };
  } catch (error) {
    rmSync(temporary, { force: true });
    throw asFileError(path, error);
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw asFileError(folder, error);
  }
}

function sizeOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

function removeTemporaries(folder: string, changedBefore: number): void {
  const { atime, mtime } = statSync(folder);
  let isChanged = false;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const writer = /^\..+\.(\d+)\.[0-9a-f]{8}\.tmp$/.exec(entry.name)?.[1];
    if (writer !== undefined) {
      if (isRunning(Number(writer)) || lastChange(path) >= changedBefore) continue;
      rmSync(path, { recursive: true, force: true });
      isChanged = true;
      continue;
    }
    // The database's own folder is its own affair.
    if (entry.isDirectory() && entry.name !== "postgres") removeTemporaries(path, changedBefore);
  }
  // A sweep goes by a folder's time: this removal is no sign that somebody writes there.
  if (isChanged) utimesSync(folder, atime, mtime);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}
