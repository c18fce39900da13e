import { setTimeout as sleep } from "node:timers/promises";

/** 53300: the server has no room for one more connection. */
const connectionCodes = [...["ECONNREFUSED", "ECONNRESET", "EPIPE"], ...["57P01", "57P02", "57P03", "08000", "08003", "08006", "53300"]];
const connectionLost = /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect/;
const firstPauseMs = 50;
const longestPauseMs = 1000;
/** A job outlasts a database that is moved or updated. Ours. */
const jobPatienceMs = 600_000;

/** Whether an error says that the database cannot be reached for now, rather than that a query is wrong. */
export function isDatabaseDown(error: unknown): boolean {
  return hasCode(error, connectionCodes) || isCausedBy(error, (cause) => isMissingSocket(cause) || connectionLost.test(cause.message));
}

/** Whether the database's disk is full: somebody may make room meanwhile. */
export function isDiskFull(error: unknown): boolean {
  return hasCode(error, ["53100"]);
}

/** Whether a value is one that PostgreSQL cannot store: a text with the character of code 0, or a number beyond its column's range. */
export function isUnstorable(error: unknown): boolean {
  return hasCode(error, ["22021", "22P05", "22003"]);
}

/** Whether a row was refused because another has the same key. */
export function isDuplicate(error: unknown): boolean {
  return hasCode(error, ["23505"]);
}

/** Whether copied rows do not fit their table: a column that it lacks, that it has with another type, or that it demands. */
export function isMisfit(error: unknown): boolean {
  return hasCode(error, ["42703", "42804", "22P03", "22P04", "08P01", "23502"]);
}

/** Whether a statement took longer than it may, or waited so long for others. */
export function isStatementTooLong(error: unknown): boolean {
  return hasCode(error, ["57014"]);
}

/** The server's socket is a file. A file that is missing elsewhere is no matter of the database. */
function isMissingSocket(error: Error): boolean {
  return "code" in error && error.code === "ENOENT" && "syscall" in error && error.syscall === "connect";
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return isCausedBy(error, (cause) => "code" in cause && typeof cause.code === "string" && codes.includes(cause.code));
}

/** Whether the error, or any of its causes, matches. */
function isCausedBy(error: unknown, matches: (error: Error) => boolean): boolean {
  return error instanceof Error && (matches(error) || isCausedBy(error.cause, matches));
}

/**
 * Repeats an idempotent piece of database work while the database is down or its disk is full, for at most `patienceMs`.
 * The work may have been done although its answer was lost, so it must bear being done twice.
 */
export async function retryWhileDown<Result>(work: () => Promise<Result>, patienceMs = jobPatienceMs): Promise<Result> {
  const end = performance.now() + patienceMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      if (!(isDatabaseDown(error) || isDiskFull(error)) || performance.now() + pauseMs > end) throw error;
      await sleep(pauseMs);
    }
  }
}
