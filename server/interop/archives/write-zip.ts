import { createReadStream, statSync } from "node:fs";
import { makeZip } from "client-zip";
import type { PackedFile } from "./write-tar";

/** A zip archive, uncompressed: weights do not shrink. Leaving the loop ends its making. */
export async function* writeZip(files: Iterable<PackedFile>): AsyncGenerator<Uint8Array> {
  yield* makeZip(entriesOf(files));
}

function* entriesOf(files: Iterable<PackedFile>) {
  // Equal files make equal archives; the format knows no earlier date.
  const lastModified = new Date(1980, 0, 1);
  for (const file of files) {
    const { name } = file;
    if ("path" in file) yield { name, lastModified, size: statSync(file.path).size, input: createReadStream(file.path) };
    else yield { name, lastModified, input: file.bytes };
  }
}
