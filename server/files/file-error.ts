import type { FailureCode } from "@/lib/contract/failure";

/** A file or folder that cannot be used as asked. The message names the path, then what is wrong and what to do. */
export class FileError extends Error {
  readonly code: FailureCode;
  readonly path: string;
  /** The message without the path. */
  readonly problem: string;

  constructor(code: FailureCode, path: string, problem: string, options?: { cause?: unknown }) {
    const told = shortened(problem);
    super(`${path}: ${told}`, options);
    this.name = "FileError";
    this.code = code;
    this.path = path;
    this.problem = told;
  }
}

/** A file may hold anything where a word is due, and problems repeat what they found: so many characters of them are kept. Our choice. */
const largestProblem = 1500;

function shortened(problem: string): string {
  if (problem.length <= largestProblem) return problem;
  return `${problem.slice(0, largestProblem).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Turns what the operating system said about `path` into a {@link FileError}; anything else is returned as it is. */
export function asFileError(path: string, error: unknown): unknown {
  if (error instanceof FileError) return error;
  const known = systemProblems[systemCode(error) ?? ""];
  return known === undefined ? error : new FileError(known.code, path, known.problem, { cause: error });
}

/** Turns what is wrong with the content of `path` into a {@link FileError}; one that is there already is returned as it is. */
export function asInvalidFile(path: string, error: unknown): unknown {
  if (error instanceof FileError || !(error instanceof Error)) return error;
  return new FileError("invalid", path, error.message, { cause: error });
}

/** The `ENOENT`-like code of a system error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

const systemProblems: Record<string, { code: FailureCode; problem: string }> = {
  ENOENT: { code: "notFound", problem: "no such file or folder" },
  ENOTDIR: { code: "notFound", problem: "a part of this path is a file, not a folder" },
  EISDIR: { code: "invalid", problem: "is a folder; expected a file" },
  EACCES: { code: "forbidden", problem: "permission denied for the server; change the permissions" },
  EPERM: { code: "forbidden", problem: "permission denied for the server; change the permissions" },
  EROFS: { code: "forbidden", problem: "the disk is mounted read-only" },
  ELOOP: { code: "invalid", problem: "its symbolic links lead back to themselves" },
  ENAMETOOLONG: { code: "invalid", problem: "the name is too long for this disk" },
  EFBIG: { code: "unavailable", problem: "the file would be larger than this disk or the process's limit allows" },
  ENOTEMPTY: { code: "conflict", problem: "already exists" },
  EEXIST: { code: "conflict", problem: "already exists" },
  ENOSPC: { code: "unavailable", problem: "the disk is full; free some space and try again (no partial file was left)" },
  EDQUOT: { code: "unavailable", problem: "the disk quota is used up; free some space and try again (no partial file was left)" },
};
