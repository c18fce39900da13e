import { open } from "node:fs/promises";
import { asFileError, FileError } from "@/server/files/file-error";
import type { ReadOptions } from "./data-row";
import { checkLength } from "./row-limits";

/** Small enough that parsing one never holds the event loop for long. */
const chunkBytes = 1 << 18;

/**
 * The text of a UTF-8 file in pieces of 256 KiB, without a byte-order mark. The event loop runs between two pieces.
 *
 * @throws FileError when the file cannot be read or is not UTF-8
 */
export async function* textChunks(path: string, { onRead }: ReadOptions = {}): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const bytes = new Uint8Array(chunkBytes);
  const file = await openFile(path);
  try {
    for (let position = 0; ; ) {
      const { bytesRead } = await file.read(bytes, 0, chunkBytes, position);
      const text = decode(path, decoder, bytes.subarray(0, bytesRead), position);
      if (text !== "") yield text;
      if (bytesRead === 0) return;
      position += bytesRead;
      onRead?.(bytesRead);
    }
  } catch (error) {
    throw asFileError(path, error);
  } finally {
    await file.close();
  }
}

/**
 * The lines of a file with their numbers from 1, without their ends (`\n` or `\r\n`). Unlike `node:readline`, U+2028 ends none.
 *
 * @throws FileError for a line beyond the limit of a row
 */
export async function* textLines(path: string, options: ReadOptions = {}): AsyncGenerator<{ line: string; lineNumber: number }> {
  let begun: string[] = [];
  let length = 0;
  let lineNumber = 1;
  for await (const chunk of textChunks(path, options)) {
    const [first = "", ...rest] = chunk.split("\n");
    begun.push(first);
    length += first.length;
    checkLength(path, `line ${lineNumber}`, length);
    for (const next of rest) {
      yield { line: withoutReturn(begun.join("")), lineNumber: lineNumber++ };
      begun = [next];
      length = next.length;
    }
  }
  const last = begun.join("");
  if (last !== "") yield { line: withoutReturn(last), lineNumber };
}

async function openFile(path: string): ReturnType<typeof open> {
  try {
    return await open(path, "r");
  } catch (error) {
    throw asFileError(path, error);
  }
}

/** Decodes a piece; an empty one ends the text. */
function decode(path: string, decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array, position: number): string {
  const isUtf16 = position === 0 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff));
  if (isUtf16) throw new FileError("invalid", path, "is UTF-16; save it as UTF-8");
  try {
    return decoder.decode(bytes, { stream: bytes.length > 0 });
  } catch (cause) {
    throw new FileError("invalid", path, `is not UTF-8 text (between bytes ${position} and ${position + bytes.length}); save it as UTF-8`, {
      cause,
    });
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
