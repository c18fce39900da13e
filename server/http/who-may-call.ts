import { ServiceError } from "@/server/services/errors";

const local = ["localhost", "127.0.0.1", "[::1]"];
const safeMethods = ["GET", "HEAD", "OPTIONS"];

/**
 * Lets a request pass that this machine's own pages make. The host's name keeps out pages of other sites that resolve their own name to this
 * machine; the origin keeps out forms and scripts of other sites.
 *
 * @param hosts more names by which the server may be called (`STANSCOPE_HOSTS`, parted by commas)
 * @throws ServiceError `forbidden`
 */
export function requireCaller(request: Request, hosts = process.env["STANSCOPE_HOSTS"] ?? ""): void {
  const host = request.headers.get("host") ?? "";
  const allowed = [...local, ...hosts.split(",").map((name) => name.trim().toLowerCase())].filter((name) => name !== "");
  if (!allowed.includes(nameOf(host))) {
    throw new ServiceError(
      "forbidden",
      `The server does not answer to the host name "${nameOf(host)}". Name it in STANSCOPE_HOSTS to allow it.`,
    );
  }
  if (safeMethods.includes(request.method)) return;
  const origin = request.headers.get("origin");
  if (origin !== null && hostOf(origin) !== host.toLowerCase()) {
    throw new ServiceError("forbidden", "Another site's page may not change anything here.");
  }
  if (request.headers.get("sec-fetch-site") === "cross-site") {
    throw new ServiceError("forbidden", "Another site's page may not change anything here.");
  }
}

function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host.toLowerCase() : undefined;
}
