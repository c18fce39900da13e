import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asFileError, FileError } from "@/server/files/file-error";
import { readTar, type TarFile } from "./read-tar";

/** Far beyond a dictionary's batches; an archive of a million empty files would fill the disk's table of names. */
const mostFiles = 100_000;

/**
 * Unpacks a .tar or .tar.gz with its folders. Only plain files are written; a name that leads out of the folder, or a link, is refused.
 *
 * @param largestBytes of all files together, so that a small archive cannot fill the disk
 * @throws FileError naming the archive, and the entry at fault
 */
export async function unpackTree(archive: string, folder: string, largestBytes: number): Promise<void> {
  let files = 0;
  let total = 0;
  for await (const file of readTar(archive, { isGzip: /\.(tgz|gz)$/i.test(archive) })) {
    files++;
    total += file.sizeBytes;
    if (files > mostFiles) throw new FileError("tooLarge", archive, `holds more than ${mostFiles} files`);
    if (total > largestBytes) throw new FileError("tooLarge", archive, `contains more than the limit of ${largestBytes} bytes`);
    await writeTarFile(join(folder, ...safeParts(archive, file.name)), file);
  }
  if (files === 0) throw new FileError("invalid", archive, "contains no file; expected a .tar or .tar.gz");
}

/** Writes a file that is not there yet, with its folders. @throws FileError when it is there, or the disk is full */
export async function writeTarFile(path: string, { bytes }: TarFile): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, "wx");
    try {
      for await (const part of bytes) await file.writeFile(part);
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
  if (isHostile)
    throw new FileError("invalid", archive, `holds the name ${JSON.stringify(name.slice(0, 200))}, which points outside the archive`);
  return parts;
}
