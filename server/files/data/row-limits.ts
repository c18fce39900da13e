import { FileError } from "@/server/files/file-error";

/** What one row may hold. The limits are ours: they bound the memory that a damaged or mistaken file can take. */
export const rowLimits = {
  /** UTF-16 units of a line, a field, or a row of JSON. */
  characters: 1 << 24,
  columns: 2000,
  /** Lists and objects inside one another. */
  depth: 100,
} as const;

/** @throws FileError for a row, or what is read of one, that is longer than the limit */
export function checkLength(path: string, place: string, characters: number): void {
  if (characters <= rowLimits.characters) return;
  throw new FileError("tooLarge", path, `${place}: is longer than ${rowLimits.characters} characters, the limit for a row`);
}

/** @throws FileError for a row with more columns than the limit */
export function checkColumns(path: string, place: string, columns: number): void {
  if (columns <= rowLimits.columns) return;
  throw new FileError("tooLarge", path, `${place}: has more than ${rowLimits.columns} columns, the limit for a row`);
}

/** @throws FileError for JSON nested deeper than the limit */
export function checkDepth(path: string, place: string, depth: number): void {
  if (depth <= rowLimits.depth) return;
  throw new FileError("tooLarge", path, `${place}: nests more than ${rowLimits.depth} lists and objects, the limit for a row`);
}
