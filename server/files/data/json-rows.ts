import { stat } from "node:fs/promises";
import { FileError } from "@/server/files/file-error";
import { isJsonObject, readJsonFile } from "@/server/files/json-file";
import type { DataRow } from "./data-row";
import { textLines } from "./text-chunks";

/** JSON is parsed whole; beyond this size it must be JSONL. */
const largestJson = 400_000_000;

/** One object a line; empty lines are passed over. @throws FileError naming the line */
export async function* jsonLinesRows(path: string): AsyncGenerator<DataRow> {
  for await (const { line, lineNumber } of textLines(path)) {
    if (line.trim() === "") continue;
    yield asRow(path, `line ${lineNumber}`, parseLine(path, line, lineNumber));
  }
}

/** A list of objects, or an object of which exactly one value is such a list. @throws FileError naming the row */
export async function* jsonRows(path: string): AsyncGenerator<DataRow> {
  const { size } = await stat(path);
  if (size > largestJson)
    throw new FileError("tooLarge", path, `is ${size} bytes of JSON; save it as JSONL, one object a line, which is read line by line`);
  const content = readJsonFile(path);
  const lists = isJsonObject(content) ? Object.values(content).filter(Array.isArray) : [content];
  const [list] = lists;
  if (lists.length !== 1 || !Array.isArray(list))
    throw new FileError("invalid", path, "holds no list of rows; a list of objects was expected");
  for (const [index, row] of list.entries()) yield asRow(path, `row ${index + 1}`, row);
}

function parseLine(path: string, line: string, lineNumber: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FileError("invalid", path, `line ${lineNumber}: is not valid JSON (${why})`, { cause });
  }
}

function asRow(path: string, place: string, value: unknown): DataRow {
  if (isJsonObject(value)) return value;
  throw new FileError(
    "invalid",
    path,
    `${place}: is ${JSON.stringify(value)?.slice(0, 40)}; an object with a value for each column was expected`,
  );
}
