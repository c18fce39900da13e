import { readFileSync } from "node:fs";
import { asFileError, FileError } from "./file-error";

/** @throws FileError when there is no such file or it is not valid JSON */
export function readJsonFile(path: string): unknown {
  const text = readTextFile(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FileError("invalid", path, `is not valid JSON (${why})`, { cause });
  }
}

/** As {@link readJsonFile}, for a file whose outermost value must be an object. */
export function readJsonObject(path: string): Record<string, unknown> {
  const value = readJsonFile(path);
  if (!isJsonObject(value)) throw new FileError("invalid", path, "holds no JSON object");
  return value;
}

export function readTextFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw asFileError(path, error);
  }
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
