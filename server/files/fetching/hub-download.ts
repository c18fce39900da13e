import { createHash, type Hash } from "node:crypto";
import { createReadStream, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { downloadFile } from "@huggingface/hub";
import { FileError } from "@/server/files/file-error";
import { type HubAccess, mayPass } from "./hub-access";
import type { HubFile } from "./hub-repository";

type FileDownload = {
  id: string;
  revision: string;
  file: HubFile;
  folder: string;
  access: HubAccess;
  /** Called with the bytes of this file that are on disk. */
  report: (bytes: number) => void;
  signal?: AbortSignal;
};

/** Tries in a row that brought no byte before giving up. */
const fruitlessTries = 3;
const pauseMs = 500;

/** Fetches one file, from where an earlier try stopped, and gives it its name when its hash is right. */
export async function downloadHubFile(download: FileDownload): Promise<void> {
  const { id, file, folder, report, signal } = download;
  const path = join(folder, file.path);
  if (existsSync(path)) return report(file.size);
  const partial = `${path}.part`;
  let fruitless = 0;
  while (sizeOnDisk(partial) < file.size || !existsSync(partial)) {
    const before = sizeOnDisk(partial);
    try {
      await append(download, partial, before);
    } catch (error) {
      signal?.throwIfAborted();
      fruitless = sizeOnDisk(partial) > before ? 0 : fruitless + 1;
      if (!mayPass(error) || fruitless >= fruitlessTries) throw error;
      await delay(pauseMs, undefined, signal === undefined ? {} : { signal });
    }
  }
  if (!(await hasRightHash(partial, file))) {
    rmSync(partial);
    throw new FileError(
      "unavailable",
      id,
      `${file.path} was corrupted in transit (its hash differs from the hub's) and was removed; try again`,
    );
  }
  renameSync(partial, path);
  report(file.size);
}

async function append({ id, revision, file, access, report }: FileDownload, partial: string, from: number): Promise<void> {
  // Plain HTTP with ranges: the hub's chunked protocol cannot resume where a file on disk ends.
  const blob = await downloadFile({ repo: id, revision, path: file.path, xet: false, ...access });
  if (blob === null) throw new FileError("notFound", id, `${file.path} is listed by the hub but cannot be downloaded`);
  if (blob.size !== file.size) throw new FileError("invalid", id, `${file.path} has ${blob.size} bytes, but the hub lists ${file.size}`);
  const output = await open(partial, "a");
  let done = from;
  try {
    if (done < file.size) {
      for await (const bytes of (from === 0 ? blob : blob.slice(from, file.size)).stream()) {
        await output.writeFile(bytes);
        done += bytes.byteLength;
        report(done);
      }
    }
    await output.sync();
  } finally {
    await output.close();
  }
  if (done > file.size) {
    rmSync(partial);
    throw new FileError("invalid", id, `${file.path} is longer than the hub lists; the hub does not support byte ranges`);
  }
}

async function hasRightHash(path: string, file: HubFile): Promise<boolean> {
  if (file.sha256 !== undefined) return (await hashOf(path, createHash("sha256"))) === file.sha256;
  const blobHeader = `blob ${file.size}\0`;
  return (await hashOf(path, createHash("sha1").update(blobHeader))) === file.gitHash;
}

async function hashOf(path: string, hash: Hash): Promise<string> {
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

function sizeOnDisk(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
