import { extname } from "node:path";
import type { RunConfig } from "@/lib/contract/run-config";
import { openDataSet, takeRows } from "@/server/files/data/data-set";
import { detectLabelled, detectShape } from "@/server/files/data/data-set-shape";
import { FileError } from "@/server/files/file-error";

/**
 * Tokenised rows, or texts whose columns are recognised by their names.
 *
 * @param isLabelled whether a text, or two, with a label is looked for first
 * @throws FileError when there are no rows, or no columns that are recognised
 */
export async function dataAt(path: string, isLabelled: boolean): Promise<RunConfig["data"]> {
  if (extname(path) === ".safetensors") return { kind: "tokenRows", path };
  const rows = await takeRows(openDataSet(path), 0, 20);
  if (rows.length === 0) throw new FileError("invalid", path, "has no rows: give a file with at least one text");
  const mapping = (isLabelled ? detectLabelled(rows) : null) ?? detectShape(rows);
  if (mapping === null) {
    throw new FileError(
      "invalid",
      path,
      "has no recognised columns; expected text, prompt and completion, instruction and output, or messages",
    );
  }
  return { kind: "dataSet", path, mapping, useChatTemplate: false, domains: null, validationRows: 0 };
}
