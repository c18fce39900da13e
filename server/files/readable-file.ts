import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { asFileError, FileError } from "./file-error";

/** A file opened for reads at given positions, never read as a whole. */
export type ReadableFile = {
  readonly path: string;
  readonly sizeBytes: number;
  /** Fills `into` from `position`. @throws FileError when the file ends before. */
  readAt(position: number, into: Uint8Array): void;
  /** Further reads throw; closing twice is allowed. */
  close(): void;
};

/** Node refuses single reads of 2 GiB and more. */
const largestRead = 1 << 30;

/** @throws FileError when there is no such file or it may not be read */
export function openReadable(path: string): ReadableFile {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new FileError("invalid", path, "is not a regular file");
    return readableFile(path, descriptor, stats.size);
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw asFileError(path, error);
  }
}

function readableFile(path: string, descriptor: number, sizeBytes: number): ReadableFile {
  let isOpen = true;
  return {
    path,
    sizeBytes,
    readAt(position, into) {
      if (!isOpen) throw new Error(`${path}: read after close`);
      let done = 0;
      while (done < into.byteLength) {
        const wanted = Math.min(into.byteLength - done, largestRead);
        const got = readSync(descriptor, into, done, wanted, position + done);
        if (got === 0) {
          throw new FileError(
            "invalid",
            path,
            `ends at byte ${position + done}, but ${into.byteLength - done} more bytes were expected; the file is truncated`,
          );
        }
        done += got;
      }
    },
    close() {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
    },
  };
}
