import { FileError } from "@/server/files/file-error";
import { fileBytes } from "./file-bytes";

/** A feature with a decoder vector of 16,384 numbers takes half a megabyte. */
const longestLine = 64 << 20;

/**
 * Values of a .jsonl or .jsonl.gz file, one a line, with the line's number from 1; empty lines are passed over.
 *
 * @throws FileError naming the file, and the line where one is at fault
 */
export async function* readJsonLines(path: string): AsyncGenerator<{ value: unknown; lineNumber: number }> {
  let lineNumber = 0;
  for await (const line of textLines(path)) {
    lineNumber++;
    if (line.trim() === "") continue;
    yield { value: parse(path, line, lineNumber), lineNumber };
  }
}

function parse(path: string, line: string, lineNumber: number): unknown {
  try {
    // Python writes NaN and Infinity where a number is not finite; JSON has no such words.
    return JSON.parse(line.includes("NaN") || line.includes("Infinity") ? withoutNonFinite(line) : line);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FileError("invalid", path, `line ${lineNumber}: is not valid JSON (${why})`, { cause });
  }
}

/** `NaN`, `Infinity` and `-Infinity` outside of texts become null. */
function withoutNonFinite(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (part) => (part.startsWith('"') ? part : "null"));
}

async function* textLines(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let waiting = 0;
  for await (const chunk of fileBytes(path, { isGzip: path.endsWith(".gz") })) {
    const [first = "", ...rest] = decoder.decode(chunk, { stream: true }).split("\n");
    pieces.push(first);
    waiting += first.length;
    if (waiting > longestLine) throw new FileError("tooLarge", path, `holds a line of more than ${longestLine >> 20} MiB`);
    for (const next of rest) {
      yield pieces.join("");
      pieces = [next];
      waiting = next.length;
    }
  }
  const last = pieces.join("") + decoder.decode();
  if (last !== "") yield last;
}
