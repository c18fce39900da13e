import { isDatabaseDown, isDiskFull, isStatementTooLong } from "@/server/db/retry-while-down";
import { FileError } from "@/server/files/file-error";

/** What ended a piece of work, in words for whoever started it. */
export function explain(error: unknown): string {
  if (error instanceof FileError) return error.message;
  if (isDiskFull(error)) return "The database's disk is full: free some space, then resume.";
  if (isDatabaseDown(error)) return "The database could not be reached for 10 minutes; resume when it is back.";
  if (isStatementTooLong(error)) return "A database query took longer than a minute; resume when less is running.";
  return error instanceof Error ? error.message : String(error);
}
