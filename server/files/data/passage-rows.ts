import type { DataRow, ReadOptions } from "./data-row";
import { checkLength } from "./row-limits";
import { textLines } from "./text-chunks";

/** Passages of a plain text, separated by empty lines, each as `{ text }`. @throws FileError for a passage beyond the limit of a row */
export async function* passageRows(path: string, options: ReadOptions = {}): AsyncGenerator<DataRow> {
  let passage: string[] = [];
  let length = 0;
  for await (const { line, lineNumber } of textLines(path, options)) {
    if (line.trim() !== "") {
      passage.push(line);
      length += line.length + 1;
      checkLength(path, `the passage up to line ${lineNumber}`, length);
    } else if (passage.length > 0) {
      yield { text: passage.join("\n") };
      passage = [];
      length = 0;
    }
  }
  if (passage.length > 0) yield { text: passage.join("\n") };
}
