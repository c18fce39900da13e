import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { gzipError } from "./gzip-error";

/** A file's bytes as they are read, unpacked where it is gzipped. @throws FileError when the gzip is damaged or cut off */
export async function* fileBytes(path: string, { isGzip }: { readonly isGzip: boolean }): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  try {
    if (!isGzip) {
      for await (const chunk of file) yield chunk as Buffer;
      return;
    }
    const gunzip = createGunzip();
    pipeline(file, gunzip, () => {
      // An error reaches the loop below through the stream itself.
    });
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    throw gzipError(path, error);
  } finally {
    file.destroy();
  }
}
