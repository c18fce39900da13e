import { createReadStream, createWriteStream, statSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { asFileError } from "@/server/files/file-error";
import { ServiceError } from "@/server/services/errors";

const blockBytes = 512;
/** A model's folder holds a few dozen. */
const mostFiles = 1000;

/** A file on disk, or one that is written for the archive. */
export type PackedFile = { readonly name: string } & ({ readonly path: string } | { readonly text: string });

/** Streams files as a ustar archive. @throws RangeError for a name over 100 bytes */
export async function* packTar(files: readonly PackedFile[]): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    if ("text" in file) {
      const bytes = Buffer.from(file.text);
      yield header(file.name, bytes.length);
      yield bytes;
      yield Buffer.alloc(padding(bytes.length));
      continue;
    }
    const { size } = statSync(file.path);
    yield header(file.name, size);
    for await (const chunk of createReadStream(file.path, { end: Math.max(size - 1, 0) })) yield chunk as Buffer;
    yield Buffer.alloc(padding(size));
  }
  yield Buffer.alloc(2 * blockBytes);
}

/**
 * Writes an archive's plain files into a folder, all side by side: the folders that they had in the archive are left out, so no name can lead
 * elsewhere.
 *
 * @returns the files' names
 * @throws ServiceError `invalid` when it is no tar file, holds a name twice or too many, or is cut off; FileError when the disk is full
 */
export async function unpackTar(archive: string, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const file = await open(archive, "r");
  const { size: archiveBytes } = await file.stat();
  const names: string[] = [];
  try {
    for (let at = 0; at + blockBytes <= archiveBytes; ) {
      const { buffer: block } = await file.read(Buffer.alloc(blockBytes), 0, blockBytes, at);
      if (block.every((byte) => byte === 0)) break;
      const entry = parseHeader(block);
      at += blockBytes;
      if (at + entry.size > archiveBytes) refuse(`it is cut off in ${entry.name}`);
      const isHidden = entry.name.startsWith(".") || entry.name === "";
      if (entry.isFile && !isHidden) {
        if (names.includes(entry.name)) refuse(`it holds ${entry.name} twice`);
        if (names.length >= mostFiles) refuse(`it holds more than ${mostFiles} files`);
        names.push(entry.name);
        const part = entry.size === 0 ? [] : createReadStream(archive, { start: at, end: at + entry.size - 1 });
        const path = join(folder, entry.name);
        await pipeline(part, createWriteStream(path, { flags: "wx" })).catch((error: unknown) => {
          throw asFileError(path, error);
        });
      }
      at += entry.size + padding(entry.size);
    }
  } finally {
    await file.close();
  }
  if (names.length === 0) refuse("it holds no file");
  return names;
}

function parseHeader(block: Buffer): { name: string; size: number; isFile: boolean } {
  const stated = Number.parseInt(field(block, 148, 8).trim(), 8);
  const blank = Buffer.from(block);
  blank.fill(" ", 148, 156);
  if (stated !== checksum(blank)) refuse("it is not a tar file, or is damaged");
  const size = Number.parseInt(field(block, 124, 12).trim() || "0", 8);
  if (!Number.isSafeInteger(size) || size < 0) refuse("it states a size that cannot be read");
  const type = field(block, 156, 1);
  return { name: basename(field(block, 0, 100)), size, isFile: type === "0" || type === "" };
}

function field(block: Buffer, start: number, length: number): string {
  const text = block.toString("utf8", start, start + length);
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

function refuse(problem: string): never {
  throw new ServiceError("invalid", `The archive cannot be used: ${problem}. Make it with "tar -cf model.tar FOLDER".`);
}

function header(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new RangeError(`the name "${name}" is longer than the 100 bytes that a tar file holds`);
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  block.write("00000000000\0", 136);
  block.write("        ", 148);
  block.write("0", 156);
  block.write("ustar\0", 257);
  block.write("00", 263);
  block.write(`${checksum(block).toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function checksum(block: Buffer): number {
  return block.reduce((sum, byte) => sum + byte, 0);
}

function padding(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}
