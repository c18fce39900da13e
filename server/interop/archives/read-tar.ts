import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { FileError } from "@/server/files/file-error";
import { fileBytes } from "./file-bytes";

/** A plain file of an archive. Its bytes must be read, or skipped, before the next one is requested. */
export type TarFile = { readonly name: string; readonly sizeBytes: number; readonly bytes: AsyncIterable<Uint8Array> };

/**
 * The plain files of a .tar, or of a gzipped one, in order; names of any length and sizes beyond 8 GiB in GNU's form and in that of pax.
 *
 * @throws FileError when it is no archive, is damaged or cut off, or holds a link or device
 */
export async function* readTar(path: string, { isGzip }: { readonly isGzip: boolean }): AsyncGenerator<TarFile> {
  const entries = extract();
  const source = Readable.from(fileBytes(path, { isGzip }), { objectMode: false });
  source.on("error", (error) => entries.destroy(error));
  source.pipe(entries);
  try {
    for await (const entry of entries) {
      const { name, type, size = 0 } = entry.header;
      if (type === "file" || type === "contiguous-file") yield { name, sizeBytes: size, bytes: bytesOf(path, entry) };
      else if (type !== "directory") {
        throw new FileError("invalid", path, `holds ${JSON.stringify(name)}, a link or device; only files and folders are supported`);
      }
      entry.resume();
    }
  } catch (error) {
    throw tarError(path, error);
  } finally {
    source.destroy();
    entries.destroy();
  }
}

async function* bytesOf(path: string, entry: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of entry) yield chunk as Uint8Array;
  } catch (error) {
    throw tarError(path, error);
  }
}

/** What the reader of the archive says, in words. Errors of writing what was read are passed on. */
function tarError(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof FileError) return cause;
  // An entry ends so when the archive around it cannot be read on.
  if (cause.name === "StreamError") return new FileError("invalid", path, "is damaged, or truncated in the middle of a file", { cause });
  if ("code" in cause) return cause;
  if (cause.message === "Unexpected end of data") return new FileError("invalid", path, "is truncated in the middle of a file", { cause });
  return new FileError("invalid", path, `is not a tar file, or is damaged (${cause.message})`, { cause });
}
