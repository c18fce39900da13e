import { basename, join } from "node:path";
import { FileError } from "@/server/files/file-error";
import { readTar } from "@/server/interop/archives/read-tar";
import { writeTarFile } from "@/server/interop/archives/unpack-tree";
import { ServiceError } from "@/server/services/errors";

/** A model's folder holds a few dozen. */
const mostFiles = 1000;

/**
 * Writes an archive's plain files into a folder, all side by side: the folders that they had in the archive are left out, so no name can lead
 * elsewhere.
 *
 * @returns the files' names
 * @throws ServiceError `invalid` when it is no tar file, holds a name twice, too many, or a link, or is cut off; FileError when the disk is full
 */
export async function unpackModel(archive: string, folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const file of readTar(archive, { isGzip: false })) {
      const name = basename(file.name);
      if (name.startsWith(".") || name === "") continue;
      if (names.includes(name)) refuse(`holds ${name} twice`);
      if (names.length >= mostFiles) refuse(`holds more than ${mostFiles} files`);
      names.push(name);
      await writeTarFile(join(folder, name), file);
    }
  } catch (error) {
    if (error instanceof FileError && error.path === archive) refuse(error.problem);
    throw error;
  }
  if (names.length === 0) refuse("holds no file");
  return names;
}

function refuse(problem: string): never {
  throw new ServiceError("invalid", `The archive ${problem}. Make it with "tar -chf model.tar FOLDER".`);
}
