import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asFileError, FileError } from "@/server/files/file-error";
import { fileBytes } from "./file-bytes";

const blockBytes = 512;
/** Far beyond a dictionary's batches; an archive of a million empty files would fill the disk's table of names. */
const mostFiles = 100_000;
const longestName = 4096;

/**
 * Unpacks a .tar or .tar.gz with its folders. Only plain files are written; a name that leads out of the folder, or a link, is refused.
 *
 * @param largestBytes of all files together, so that a small archive cannot fill the disk
 * @throws FileError naming the archive, and the entry at fault
 */
export async function unpackTree(archive: string, folder: string, largestBytes: number): Promise<void> {
  const input = new ByteInput(fileBytes(archive, { isGzip: /\.(tgz|gz)$/i.test(archive) }), archive);
  let longName: string | undefined;
  let files = 0;
  let total = 0;
  for (;;) {
    const block = await input.take(blockBytes);
    if (block === undefined || block.every((byte) => byte === 0)) break;
    const entry = parseHeader(archive, block);
    const size = entry.size;
    const padding = (blockBytes - (size % blockBytes)) % blockBytes;
    if (entry.type === "x" || entry.type === "L") {
      if (size > longestName * 4) throw new FileError("invalid", archive, "holds a name that is too long");
      const bytes = await input.need(size, "a name");
      longName = entry.type === "L" ? textOf(bytes) : (paxPath(bytes) ?? longName);
      await input.need(padding, "a name");
      continue;
    }
    const name = longName ?? entry.name;
    longName = undefined;
    if (entry.type === "0" || entry.type === "\0" || entry.type === "") {
      files++;
      total += size;
      if (files > mostFiles) throw new FileError("tooLarge", archive, `holds more than ${mostFiles} files`);
      if (total > largestBytes) throw new FileError("tooLarge", archive, `holds more than the ${largestBytes} bytes that are taken`);
      await writeEntry(input, archive, { folder, name, size });
    } else if (entry.type === "5" || entry.type === "g") {
      await input.skip(size, name);
    } else {
      throw new FileError("invalid", archive, `holds ${JSON.stringify(name)}, a link or device; only files and folders are taken`);
    }
    await input.skip(padding, name);
  }
  if (files === 0) throw new FileError("invalid", archive, "holds no file; a .tar or .tar.gz was expected");
}

async function writeEntry(input: ByteInput, archive: string, entry: { folder: string; name: string; size: number }): Promise<void> {
  const path = join(entry.folder, ...safeParts(archive, entry.name));
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, "wx");
    try {
      for (let left = entry.size; left > 0; ) {
        const part = await input.some(left, entry.name);
        await file.writeFile(part);
        left -= part.length;
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asFileError(path, error);
  }
}

/** @throws FileError for an absolute name or one with `..` */
function safeParts(archive: string, name: string): string[] {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  const isHostile = name.startsWith("/") || name.includes("\0") || name.includes("\\") || parts.includes("..") || parts.length === 0;
  if (isHostile) throw new FileError("invalid", archive, `holds the name ${JSON.stringify(name.slice(0, 200))}, which leads elsewhere`);
  return parts;
}

/** Bytes asked for by number, out of chunks of any size. */
class ByteInput {
  private readonly chunks: AsyncGenerator<Buffer>;
  private readonly path: string;
  private waiting: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncGenerator<Buffer>, path: string) {
    this.chunks = chunks;
    this.path = path;
  }

  /** Exactly `count` bytes; undefined at the end. @throws FileError when it ends within them */
  async take(count: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let have = 0;
    while (have < count) {
      const part = await this.upTo(count - have);
      if (part === undefined) break;
      parts.push(part);
      have += part.length;
    }
    if (have === 0 && count > 0) return undefined;
    if (have < count) throw new FileError("invalid", this.path, "is cut off in the middle of a tar header");
    return Buffer.concat(parts);
  }

  async need(count: number, what: string): Promise<Buffer> {
    const taken = count === 0 ? Buffer.alloc(0) : await this.take(count);
    if (taken === undefined) throw new FileError("invalid", this.path, `is cut off in ${what}`);
    return taken;
  }

  /** At least one byte, at most `most`. */
  async some(most: number, what: string): Promise<Buffer> {
    const part = await this.upTo(most);
    if (part === undefined) throw new FileError("invalid", this.path, `is cut off in ${what}`);
    return part;
  }

  async skip(count: number, what: string): Promise<void> {
    for (let left = count; left > 0; ) left -= (await this.some(left, what)).length;
  }

  private async upTo(most: number): Promise<Buffer | undefined> {
    while (this.waiting.length === 0) {
      const { done, value } = await this.chunks.next();
      if (done) return undefined;
      this.waiting = value;
    }
    const part = this.waiting.subarray(0, most);
    this.waiting = this.waiting.subarray(part.length);
    return part;
  }
}

function parseHeader(archive: string, block: Buffer): { name: string; size: number; type: string } {
  const blank = Buffer.from(block);
  blank.fill(" ", 148, 156);
  const checksum = blank.reduce((sum, byte) => sum + byte, 0);
  if (Number.parseInt(fieldOf(block, 148, 8).trim(), 8) !== checksum) {
    throw new FileError("invalid", archive, "is not a tar file, or is damaged");
  }
  const size = Number.parseInt(fieldOf(block, 124, 12).trim() || "0", 8);
  if (!Number.isSafeInteger(size) || size < 0) throw new FileError("invalid", archive, "states a size that cannot be read");
  const prefix = fieldOf(block, 257, 5) === "ustar" ? fieldOf(block, 345, 155) : "";
  const name = fieldOf(block, 0, 100);
  return { name: prefix === "" ? name : `${prefix}/${name}`, size, type: block.toString("latin1", 156, 157) };
}

function fieldOf(block: Buffer, start: number, length: number): string {
  return textOf(block.subarray(start, start + length));
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
}

function paxPath(bytes: Buffer): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(bytes.toString("utf8"))?.[1];
}
