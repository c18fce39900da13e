import { HUB_URL, HubApiError, InvalidApiResponseFormatError } from "@huggingface/hub";
import { isHubToken, type KeptHub } from "@/lib/contract/hub";
import { asFileError, FileError, systemCode } from "@/server/files/file-error";

/** How the hub is reached; spread into the hub library's parameters. */
export type HubAccess = { fetch: typeof fetch; hubUrl: string; hasToken: boolean };

/** A token with the origin of the hub that it was entered for. */
export type KeptToken = Pick<KeptHub, "token" | "origin">;

/** The hub's address without a slash at its end: `HF_ENDPOINT`, or the public hub. @throws FileError when it is no address */
export function hubAddress(): string {
  const address = process.env["HF_ENDPOINT"]?.trim().replace(/\/+$/, "") || HUB_URL;
  if (!URL.canParse(address))
    throw new FileError("invalid", "HF_ENDPOINT", `${JSON.stringify(address)} is not an address of the form https://host`);
  return address;
}

/** A model's page, where its licence is accepted. */
export function hubPage(id: string): string {
  return `${hubAddress()}/${id}`;
}

/** The token for the hub at this address: the one entered for it, or else `HF_TOKEN`; empty without one. */
export function hubToken(kept: KeptToken | undefined): string {
  const isForHere = kept !== undefined && kept.origin === new URL(hubAddress()).origin;
  return (isForHere ? kept.token : "") || environmentToken();
}

/** Checked here, since an error of fetch would quote it. */
function environmentToken(): string {
  const token = process.env["HF_TOKEN"]?.trim() ?? "";
  if (!isHubToken(token)) throw new FileError("invalid", "HF_TOKEN", "contains characters that no access token has");
  return token;
}

/** The hub at its address. The library never gets the token: it is added here to requests to the hub's own origin, and fetch drops it at a redirect elsewhere. */
export function hubAccess(kept: KeptToken | undefined, signal: AbortSignal | undefined): HubAccess {
  const hubUrl = hubAddress();
  const { origin } = new URL(hubUrl);
  const token = hubToken(kept);
  return {
    hubUrl,
    hasToken: token !== "",
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      const { origin: target } = new URL(input instanceof Request ? input.url : input);
      if (token !== "" && target === origin) headers.set("authorization", `Bearer ${token}`);
      return fetch(input, { ...init, headers, ...(signal === undefined ? {} : { signal }) });
    },
  };
}

/** Says in a sentence what went wrong with the hub; other errors are returned as they are. */
export function hubProblem(id: string, error: unknown, { hasToken }: Pick<HubAccess, "hasToken">): unknown {
  if (error instanceof FileError) return error;
  if (error instanceof HubApiError) return new FileError(...statusProblem(id, error.statusCode, hasToken), { cause: error });
  if (isNetworkError(error)) {
    return new FileError(
      "unavailable",
      id,
      "the model hub cannot be reached; check the network (or HF_ENDPOINT), or add the model from a folder",
      { cause: error },
    );
  }
  if (error instanceof SyntaxError || error instanceof InvalidApiResponseFormatError)
    return new FileError("unavailable", id, `${hubAddress()} does not respond like a model hub; check HF_ENDPOINT`, {
      cause: error,
    });
  if (error instanceof Error && error.name === "AbortError") return new FileError("unavailable", id, "the request was cancelled");
  if (["ENOSPC", "EDQUOT"].includes(systemCode(error) ?? ""))
    return new FileError("unavailable", id, "the disk is full; free some space and fetch again: what was downloaded is kept", {
      cause: error,
    });
  return asFileError(id, error);
}

/** Whether trying again at once may help: the connection broke, or the hub is busy or in trouble. */
export function mayPass(error: unknown): boolean {
  return isNetworkError(error) || (error instanceof HubApiError && (error.statusCode === 429 || error.statusCode >= 500));
}

export function isNetworkError(error: unknown): boolean {
  // The hub library's blobs pass on only the message.
  if (typeof error === "string") return true;
  if (!(error instanceof Error)) return false;
  if (error.name === "TimeoutError") return true;
  if (error instanceof TypeError && /fetch failed|terminated|network/.test(error.message)) return true;
  return ["ECONNRESET", "ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EPIPE", "UND_ERR_SOCKET"].includes(systemCode(error) ?? "");
}

/** Whether the hub refused because of who asked. */
export function isRefusal(error: unknown): boolean {
  return error instanceof HubApiError && (error.statusCode === 401 || error.statusCode === 403);
}

function statusProblem(
  id: string,
  status: number,
  hasToken: boolean,
): [code: "notFound" | "forbidden" | "unavailable", path: string, problem: string] {
  if (status === 404) return ["notFound", id, "the hub has no such model or revision; check the spelling"];
  if (status === 401 || status === 403) return ["forbidden", id, refusedProblem(id, hasToken)];
  if (status === 429) return ["unavailable", id, "the hub is rate limiting (too many requests); try again in a few minutes"];
  return ["unavailable", id, `the hub responded with status ${status}; try again later`];
}

/** What to do where the hub refuses: it does not tell a model that is not there from one that is private or gated. */
export function refusedProblem(id: string, hasToken: boolean): string {
  const remedy = `accept the licence on the model's page (${hubPage(id)}) and enter an access token on the Models page, or set HF_TOKEN`;
  return hasToken
    ? `the hub has no such model, or the access token may not read it: ${remedy}`
    : `the hub has no such model, or it is private or gated: ${remedy}`;
}
