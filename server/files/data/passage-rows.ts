import type { DataRow } from "./data-row";
import { textLines } from "./text-chunks";

/** Passages of a plain text, parted by empty lines, each as `{ text }`. */
export async function* passageRows(path: string): AsyncGenerator<DataRow> {
  let passage: string[] = [];
  for await (const { line } of textLines(path)) {
    if (line.trim() !== "") {
      passage.push(line);
    } else if (passage.length > 0) {
      yield { text: passage.join("\n") };
      passage = [];
    }
  }
  if (passage.length > 0) yield { text: passage.join("\n") };
}
