import { HubApiError } from "@huggingface/hub";
import { asFileError, FileError, systemCode } from "@/server/files/file-error";

/** How the hub is reached; spread into the hub library's parameters. */
export type HubAccess = { fetch: typeof fetch; hubUrl?: string; accessToken?: string };

/** A file of a hub repository with the hash that the hub keeps of it: SHA-256 of large files, git's blob hash of the others. */
export type HubFile = { path: string; size: number; sha256?: string; gitHash?: string };

export function hubAccess(signal: AbortSignal | undefined): HubAccess {
  const hubUrl = process.env["HF_ENDPOINT"]?.replace(/\/+$/, "");
  const accessToken = process.env["HF_TOKEN"];
  return {
    fetch: (input, init) => fetch(input, signal === undefined ? init : { ...init, signal }),
    ...(hubUrl ? { hubUrl } : {}),
    ...(accessToken ? { accessToken } : {}),
  };
}

/** Says in a sentence what went wrong with the hub; other errors are returned as they are. */
export function hubProblem(id: string, error: unknown): unknown {
  if (error instanceof FileError) return error;
  if (error instanceof HubApiError) return new FileError(...statusProblem(id, error.statusCode), { cause: error });
  if (isNetworkError(error)) {
    return new FileError(
      "unavailable",
      id,
      "the model hub cannot be reached; check the network (or HF_ENDPOINT), or add the model from a folder",
      { cause: error },
    );
  }
  return asFileError(id, error);
}

/** Whether trying again may help. */
export function isNetworkError(error: unknown): boolean {
  // The hub library's blobs pass on only the message.
  if (typeof error === "string") return true;
  if (!(error instanceof Error)) return false;
  if (error instanceof TypeError && /fetch failed|terminated|network/.test(error.message)) return true;
  return ["ECONNRESET", "ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EPIPE", "UND_ERR_SOCKET"].includes(systemCode(error) ?? "");
}

function statusProblem(id: string, status: number): [code: "notFound" | "forbidden" | "unavailable", path: string, problem: string] {
  if (status === 404) return ["notFound", id, "the hub has no such model or revision; check the spelling"];
  if (status === 401 || status === 403)
    return ["forbidden", id, "the hub has no such model, or it is private or gated; set HF_TOKEN to a token with access"];
  if (status === 429) return ["unavailable", id, "the hub is rate limiting (too many requests); try again in a few minutes"];
  return ["unavailable", id, `the hub responded with status ${status}; try again later`];
}
