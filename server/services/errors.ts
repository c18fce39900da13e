import type { FailureCode } from "@/lib/contract/failure";
import { asFileError, FileError } from "@/server/files/file-error";

/** Something that a caller can act on: what happened and what to do. All else is a bug. */
export class ServiceError extends Error {
  readonly code: FailureCode;
  /** The part of the request at fault, as a path (`config.training.steps`). */
  readonly field: string | undefined;

  constructor(code: FailureCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ServiceError";
    this.code = code;
    this.field = options.field;
  }
}

/** What is wrong with a file is for the caller to act on; any other error stays as it is. */
export function fromFileError(error: unknown, field?: string): unknown {
  if (!(error instanceof FileError)) return error;
  return new ServiceError(error.code, error.message, { cause: error, ...(field ? { field } : {}) });
}

/** Runs work on files, so that its errors name a field of the request; those of the system too, for the path that they name. */
export async function withFileErrors<Result>(work: () => Result | Promise<Result>, field?: string): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw fromFileError(isOfPath(error) ? asFileError(error.path, error) : error, field);
  }
}

function isOfPath(error: unknown): error is Error & { path: string } {
  return error instanceof Error && "path" in error && typeof error.path === "string";
}

/** Says an uploaded file's own name where an error names a path that the upload has on the server. */
export function underItsOwnName(error: unknown, paths: readonly string[], name: string): unknown {
  if (!(error instanceof ServiceError)) return error;
  const message = paths.reduce((text, path) => text.replaceAll(path, () => name), error.message);
  return new ServiceError(error.code, message, { cause: error, ...(error.field === undefined ? {} : { field: error.field }) });
}

/** A value that must be there, or else `notFound`. */
export function found<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new ServiceError("notFound", `There is no ${what}. It may have been removed.`);
  return value;
}
