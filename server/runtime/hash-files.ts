import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";

/** SHA-256 over the files' names and bytes, in the order given: `sha256:…`. @param onProgress told the bytes so far */
export async function hashFiles(paths: readonly string[], onProgress?: (bytes: number) => void, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  let bytes = 0;
  for (const path of paths) {
    hash.update(basename(path));
    for await (const part of createReadStream(path, { highWaterMark: 1 << 20, ...(signal === undefined ? {} : { signal }) })) {
      const chunk = part as Buffer;
      hash.update(chunk);
      bytes += chunk.length;
      onProgress?.(bytes);
    }
  }
  return `sha256:${hash.digest("hex")}`;
}
