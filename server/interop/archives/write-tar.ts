import { createReadStream, statSync } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { type Pack, pack } from "tar-stream";

/** A file of an archive, whole; its name may hold folders. */
export type ArchiveFile = { readonly name: string; readonly bytes: Uint8Array };

/** One that is whole, or lies on disk. */
export type PackedFile = ArchiveFile | { readonly name: string; readonly path: string };

type Files = AsyncIterable<PackedFile> | Iterable<PackedFile>;

/** A .tar.gz of files, as they are made. Leaving the loop ends their making. */
export async function* writeTarGz(files: Files): AsyncGenerator<Uint8Array> {
  const gzip = createGzip({ level: 5 });
  pipeline(Readable.from(writeTar(files)), gzip, () => {
    // An error reaches the loop below through the stream itself.
  });
  for await (const chunk of gzip) yield chunk as Uint8Array;
}

/** A POSIX tar archive, as the files are made. Leaving the loop ends their making. */
export async function* writeTar(files: Files): AsyncGenerator<Uint8Array> {
  const archive = pack();
  const filled = fill(archive, files).catch((error) => archive.destroy(error));
  try {
    for await (const chunk of archive) yield chunk as Uint8Array;
  } finally {
    archive.destroy();
    await filled;
  }
}

async function fill(archive: Pack, files: Files): Promise<void> {
  for await (const file of files) {
    const size = "path" in file ? statSync(file.path).size : file.bytes.length;
    const source = "path" in file ? createReadStream(file.path) : Readable.from([file.bytes]);
    try {
      await new Promise<void>((resolve, reject) => {
        // Equal files make equal archives, whenever they are packed.
        const entry = archive.entry({ name: file.name, size, mtime: new Date(0) }, (error?: Error | null) =>
          error ? reject(error) : resolve(),
        );
        source.on("error", (error: Error) => entry.destroy(error));
        source.pipe(entry);
      });
    } finally {
      source.destroy();
    }
  }
  archive.finalize();
}
