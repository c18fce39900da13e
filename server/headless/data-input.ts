import { extname } from "node:path";
import type { RunConfig } from "@/lib/contract/run-config";
import { openDataSet, takeRows } from "@/server/files/data/data-set";
import { detectLabelled, detectShape } from "@/server/files/data/data-set-shape";
import { FileError } from "@/server/files/file-error";

/**
 * As `dataAt`, of what an encoder reads: a text, or two, with a label where there is one.
 *
 * @throws FileError when there are no rows, or no columns that are recognised
 */
export async function encoderDataAt(path: string): Promise<RunConfig["data"]> {
  if (extname(path) === ".safetensors") return { kind: "tokenRows", path };
  const mapping = detectLabelled(await takeRows(openDataSet(path), 0, 20));
  return mapping === null ? dataAt(path) : { kind: "dataSet", path, mapping, useChatTemplate: false, domains: null, validationRows: 0 };
}

/**
 * Tokenised rows, or texts whose columns are recognised by their names.
 *
 * @throws FileError when there are no rows, or no columns that are recognised
 */
export async function dataAt(path: string): Promise<RunConfig["data"]> {
  if (extname(path) === ".safetensors") return { kind: "tokenRows", path };
  const rows = await takeRows(openDataSet(path), 0, 20);
  if (rows.length === 0) throw new FileError("invalid", path, "has no rows: give a file with at least one text");
  const mapping = detectShape(rows);
  if (mapping === null) {
    throw new FileError(
      "invalid",
      path,
      "has no recognised columns; expected text, prompt and completion, instruction and output, or messages",
    );
  }
  return { kind: "dataSet", path, mapping, useChatTemplate: false, domains: null, validationRows: 0 };
}
