import { type Failure, failureStatuses } from "@/lib/contract/failure";
import { isDatabaseDown, isDiskFull, isStatementTooLong, isUnstorable } from "@/server/db/retry-while-down";
import { fromFileError, ServiceError } from "@/server/services/errors";

/** What went wrong, as a caller may know it: the one place where errors become codes. A bug is logged, and its text stays here. */
export function failureOf(thrown: unknown): Failure["error"] {
  const error = fromFileError(thrown);
  if (error instanceof ServiceError) {
    return { code: error.code, message: error.message, ...(error.field === undefined ? {} : { field: error.field }) };
  }
  if (isDatabaseDown(error))
    return { code: "unavailable", message: "The database cannot be reached. It restarts automatically: try again in a moment." };
  if (isUnstorable(error))
    return {
      code: "invalid",
      message: "The request contains a number or a character that cannot be stored: a whole number beyond ±2147483647, or U+0000.",
    };
  if (isDiskFull(error))
    return { code: "unavailable", message: "The database's disk is full: free some space and try again. Nothing was changed." };
  if (isStatementTooLong(error))
    return {
      code: "unavailable",
      message: "The query took longer than a minute and was cancelled. Try again when less is running.",
    };
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return { code: "internal", message: "Something went wrong on the server. See the server log." };
}

/** The answer to what went wrong. */
export function failureResponse(error: unknown): Response {
  const failure = failureOf(error);
  return Response.json({ error: failure } satisfies Failure, { status: failureStatuses[failure.code] });
}
