import { readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { asFileError, FileError } from "@/server/files/file-error";

/** A file of a folder or an archive, read when its bytes are needed. */
export type StoredFile = {
  /** Relative to the folder or archive, its parts separated by "/". */
  readonly name: string;
  readonly sizeBytes: number;
};

/** The files of a folder, or of a zip archive, at any depth, ordered by name. Hidden ones are left out. */
export type StoredFiles = {
  readonly files: readonly StoredFile[];
  /** @throws FileError when the archive cannot be opened any more */
  open(): Promise<FileReader>;
};

/** Reads files until it is closed. */
export type FileReader = {
  /** @throws FileError when the file cannot be read, or is larger than the limit */
  read(file: StoredFile): Promise<Uint8Array>;
  close(): void;
};

/** Bytes of one file that are read into memory; ours. An archive of a few kilobytes can claim any size. */
const mostBytes = 1 << 26;
/** Files of a folder or archive; ours. */
const mostFiles = 1 << 21;
/** Folders inside one another; ours. */
const mostDepth = 20;

/** @throws FileError when the folder cannot be read */
export function filesOfFolder(folder: string): StoredFiles {
  const files: StoredFile[] = [];
  const visit = (within: string, depth: number): void => {
    for (const entry of readdirSync(join(folder, within), { withFileTypes: true })) {
      const name = within === "" ? entry.name : `${within}/${entry.name}`;
      if (isHidden(name)) continue;
      if (entry.isDirectory() && depth < mostDepth) visit(name, depth + 1);
      else if (entry.isFile()) files.push({ name, sizeBytes: statSync(join(folder, name)).size });
    }
  };
  try {
    visit("", 0);
  } catch (error) {
    throw asFileError(folder, error);
  }
  return {
    files: inOrder(folder, files),
    open: async () => ({ read: (file) => readFrom(folder, file), close() {} }),
  };
}

async function readFrom(folder: string, { name, sizeBytes }: StoredFile): Promise<Uint8Array> {
  const path = join(folder, name);
  checkSize(path, sizeBytes);
  try {
    return await readFile(path);
  } catch (error) {
    throw asFileError(path, error);
  }
}

/** @throws FileError when it is no zip archive, or a damaged one */
export async function filesOfArchive(path: string): Promise<StoredFiles> {
  const { archive, entries } = await readDirectory(path);
  archive.close();
  const files = [...entries].map(([name, { uncompressedSize }]) => ({ name, sizeBytes: uncompressedSize }));
  return { files: inOrder(path, files), open: () => openArchive(path) };
}

async function openArchive(path: string): Promise<FileReader> {
  const { archive, entries } = await readDirectory(path);
  return {
    async read({ name, sizeBytes }) {
      const within = `${path}: ${name}`;
      checkSize(within, sizeBytes);
      const entry = entries.get(name);
      if (entry === undefined)
        throw new FileError("notFound", within, "is no longer in the archive, which has changed since it was opened");
      if (entry.isEncrypted()) throw new FileError("invalid", within, "is encrypted; write the archive without a password");
      try {
        // The library ends the stream with an error where more bytes come out than the directory says.
        return await buffer(await archive.openReadStreamPromise(entry));
      } catch (cause) {
        throw new FileError("invalid", within, `cannot be unpacked (${messageOf(cause)}); the archive is damaged`, { cause });
      }
    },
    close: () => archive.close(),
  };
}

async function readDirectory(path: string): Promise<{ archive: ZipFile; entries: ReadonlyMap<string, Entry> }> {
  let archive: ZipFile | undefined;
  try {
    archive = await openPromise(path, { lazyEntries: true, autoClose: false });
    const entries = new Map<string, Entry>();
    for await (const entry of archive.eachEntry()) {
      if (!entry.fileName.endsWith("/") && !isHidden(entry.fileName)) entries.set(entry.fileName, entry);
      if (entries.size > mostFiles) break;
    }
    return { archive, entries };
  } catch (error) {
    archive?.close();
    const known = asFileError(path, error);
    if (known instanceof FileError) throw known;
    throw new FileError("invalid", path, `is not a complete zip archive (${messageOf(error)})`, { cause: error });
  }
}

/** The systems' own files beside a person's: `.DS_Store`, `__MACOSX/`. */
function isHidden(name: string): boolean {
  return name.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");
}

function inOrder(path: string, files: readonly StoredFile[]): StoredFile[] {
  if (files.length > mostFiles) throw new FileError("tooLarge", path, `has more than ${mostFiles} files, the limit for a set of images`);
  return files.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function checkSize(path: string, sizeBytes: number): void {
  if (sizeBytes > mostBytes)
    throw new FileError("tooLarge", path, `has ${sizeBytes} bytes, more than the limit of ${mostBytes} for an image`);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
