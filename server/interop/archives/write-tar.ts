import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";

/** A file of an archive, whole; its name may hold folders. */
export type ArchiveFile = { readonly name: string; readonly bytes: Uint8Array };

const blockBytes = 512;
const longestName = 100;

/** A .tar.gz of files, as they are made. Leaving the loop ends their making. */
export async function* writeTarGz(files: AsyncIterable<ArchiveFile>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip({ level: 5 });
  pipeline(Readable.from(writeTar(files)), gzip, () => {
    // An error reaches the loop below through the stream itself.
  });
  for await (const chunk of gzip) yield chunk as Uint8Array;
}

/** A POSIX tar archive: ustar headers, and a pax record before a file whose name is longer than they hold. */
export async function* writeTar(files: AsyncIterable<ArchiveFile>): AsyncGenerator<Uint8Array> {
  for await (const { name, bytes } of files) {
    if (Buffer.byteLength(name) > longestName) {
      const record = paxRecord("path", name);
      yield header("pax-header", record.length, "x");
      yield padded(record);
    }
    yield header(name, bytes.length, "0");
    yield padded(bytes);
  }
  yield Buffer.alloc(2 * blockBytes);
}

/** `<length> key=value\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length > length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function header(name: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(name.slice(0, longestName), 0, longestName);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  block.write("00000000000\0", 136);
  block.write("        ", 148);
  block.write(type, 156);
  block.write("ustar\0", 257);
  block.write("00", 263);
  const checksum = block.reduce((sum, byte) => sum + byte, 0);
  block.write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function padded(bytes: Uint8Array): Buffer {
  const rest = (blockBytes - (bytes.length % blockBytes)) % blockBytes;
  return Buffer.concat([bytes, Buffer.alloc(rest)]);
}
