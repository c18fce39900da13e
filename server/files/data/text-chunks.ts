import { open } from "node:fs/promises";
import { asFileError, FileError } from "@/server/files/file-error";

const chunkBytes = 1 << 20;
/** Longest line, in UTF-16 units; a longer one is not text for a language model but another format. */
const longestLine = 1 << 26;

/**
 * The text of a UTF-8 file in pieces of about 1 MiB, without a byte-order mark.
 *
 * @throws FileError when the file cannot be read or is not UTF-8
 */
export async function* textChunks(path: string): AsyncGenerator<string> {
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
    }
  } catch (error) {
    throw asFileError(path, error);
  } finally {
    await file.close();
  }
}

/** The lines of a file with their numbers from 1, without their ends (`\n` or `\r\n`). Unlike `node:readline`, U+2028 ends none. */
export async function* textLines(path: string): AsyncGenerator<{ line: string; lineNumber: number }> {
  let rest = "";
  let lineNumber = 0;
  for await (const chunk of textChunks(path)) {
    const pieces = (rest + chunk).split("\n");
    rest = pieces.pop() ?? "";
    for (const piece of pieces) yield { line: withoutReturn(piece), lineNumber: ++lineNumber };
    if (rest.length > longestLine)
      throw new FileError("tooLarge", path, `line ${lineNumber + 1}: is longer than ${longestLine} characters`);
  }
  if (rest !== "") yield { line: withoutReturn(rest), lineNumber: ++lineNumber };
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
