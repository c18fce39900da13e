import { asFileError, FileError, systemCode } from "@/server/files/file-error";

/** What zlib or the operating system says of a file, in words; anything else is returned as it is. */
export function gzipError(path: string, error: unknown): unknown {
  const code = systemCode(error);
  if (code === "Z_BUF_ERROR") return new FileError("invalid", path, "is truncated: the gzip data ends too early", { cause: error });
  if (code?.startsWith("Z_")) return new FileError("invalid", path, "is damaged, or not a gzip file", { cause: error });
  return asFileError(path, error);
}
