import { DatabaseError } from "pg";

/** Classes of SQLSTATE whose messages quote values: data exceptions, and what functions raise. */
const quotesValues = /^(22|P0)/;

/**
 * A statement that failed: its text and PostgreSQL's reason, without any value of a row or a parameter. PostgreSQL's own error is left out, since
 * its detail quotes rows; other causes, such as a connection that broke, are kept.
 */
export class StatementError extends Error {
  override readonly name = "StatementError";
  /** PostgreSQL's SQLSTATE. */
  readonly code?: string;

  constructor(statement: string, cause: unknown) {
    const isRefusal = cause instanceof DatabaseError;
    super(`Failed query: ${statement}\nreason: ${isRefusal ? reasonOf(cause) : systemReason(cause)}`, isRefusal ? {} : { cause });
    if (isRefusal && cause.code !== undefined) this.code = cause.code;
  }
}

function reasonOf({ code = "no code", message }: DatabaseError): string {
  return quotesValues.test(code) ? code : `${code}, ${message}`;
}

function systemReason(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "no answer from PostgreSQL";
}
