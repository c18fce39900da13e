import type { Failure, FailureCode } from "@/lib/contract/failure";
import { isDatabaseDown, isDiskFull, isUnstorableText } from "@/server/db/retry-while-down";
import { ServiceError } from "@/server/services/errors";

const statusOf: Record<FailureCode, number> = {
  invalid: 400,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  tooLarge: 413,
  internal: 500,
  unavailable: 503,
};

/** The answer to what went wrong: the one place where errors become statuses. A bug is logged, and its text stays here. */
export function failureResponse(error: unknown): Response {
  if (error instanceof ServiceError) return answer(error.code, error.message, error.field);
  if (isDatabaseDown(error))
    return answer("unavailable", "The database cannot be reached at the moment. It is started again by itself: try once more.");
  if (isUnstorableText(error)) return answer("invalid", "The request holds a character of code 0, which cannot be stored. Leave it out.");
  if (isDiskFull(error)) return answer("unavailable", "The database's disk is full: free some space and try again. Nothing was changed.");
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return answer("internal", "Something went wrong that should not. The server's log has the details.");
}

function answer(code: FailureCode, message: string, field?: string): Response {
  const body: Failure = { error: { code, message, ...(field === undefined ? {} : { field }) } };
  return Response.json(body, { status: statusOf[code] });
}
