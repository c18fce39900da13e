import { isDatabaseDown, isDiskFull, isStatementTooLong } from "@/server/db/retry-while-down";
import { FileError } from "@/server/files/file-error";

/** What ended a piece of work, in words for whoever started it. */
export function explain(error: unknown): string {
  if (error instanceof FileError) return error.message;
  if (isDiskFull(error)) return "The database's disk is full: free some space, then start again from what was kept.";
  if (isDatabaseDown(error)) return "The database could not be reached for 10 minutes; start again from what was kept.";
  if (isStatementTooLong(error)) return "A database query took longer than a minute; start again when less is running.";
  return error instanceof Error ? error.message : String(error);
}
