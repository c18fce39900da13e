import { cookieName, isToken } from "./access.mjs";
import { signInPage } from "./sign-in-page.mjs";

const localNames = ["localhost", "127.0.0.1", "[::1]"];
/** Others, as TRACE, are none that Next can read. */
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const safeMethods = ["GET", "HEAD", "OPTIONS"];
const cookieSeconds = 365 * 24 * 3600;

/**
 * What a request gets instead of the answer it wants.
 *
 * @typedef {{ status: number, headers: Record<string, string>, body: string }} Turned
 * @typedef {{ method?: string, url?: string, headers: import("node:http").IncomingHttpHeaders }} Caller
 */

/**
 * Access control for pages, routes and upgrades, before the rest of the application sees the request.
 *
 * Without a token the host's name keeps out pages of other sites that resolve their own name to this machine. With a token it decides nothing,
 * since a remote caller chooses it: every request then carries the token, clients as `Authorization: Bearer`, browsers as a cookie that they get
 * by the link that the start prints. The origin keeps out forms and scripts of other sites in either case.
 *
 * @param {{ token?: string | undefined, hosts?: string | undefined }} options `hosts` are more names by which the server may be called, comma-separated (STANSCOPE_HOSTS)
 * @returns {(caller: Caller) => Turned | undefined} undefined lets a request in
 */
export function openDoor({ token, hosts = "" }) {
  const names = [...localNames, ...hosts.split(",").map((name) => name.trim().toLowerCase())].filter((name) => name !== "");
  return (caller) => {
    if (!methods.includes(caller.method ?? "")) return { status: 405, headers: { allow: methods.join(", ") }, body: "" };
    if (!isReadable(caller.url ?? "")) return plain(400, "The address is malformed.");
    if (token === undefined) {
      const name = nameOf(caller.headers.host ?? "");
      if (!names.includes(name))
        return forbidden(caller, `The server does not answer to the host name "${name}". Name it in STANSCOPE_HOSTS to allow it.`);
    } else {
      const bearer = bearerOf(caller);
      if (bearer !== undefined)
        return isToken(bearer, token) ? undefined : unauthorized(caller, "The token in the Authorization header is wrong.");
      const signIn = signInBy(caller, token);
      if (signIn !== undefined) return signIn;
      const cookie = cookieOf(caller, cookieName(token));
      if (cookie === undefined || !isToken(cookie, token))
        return unauthorized(caller, "This server needs a token: send Authorization: Bearer TOKEN, as printed by npm start.");
    }
    return isOfAnotherSite(caller) ? forbidden(caller, "Requests from other sites cannot change anything here.") : undefined;
  };
}

/** Whether an address is one of a route, which answers with JSON; the others are pages. @param {string} address */
export function isRoute(address) {
  return /^\/(api|v1)\//.test(address);
}

/** Whether an address is that of a latent alone, `…/latents/MODULE/INDEX?embed=1`, for frames of other pages. @param {string} address */
export function isEmbed(address) {
  const [place = "", query = ""] = splitOnce(address, "?");
  return /^\/(runs|dictionaries)\/[^/]+\/latents\/[^/]+\/\d+$/.test(place) && new URLSearchParams(query).getAll("embed").join() === "1";
}

/** A page that is opened with the token in its address: the cookie, and the address without it. */
function signInBy({ method, url = "", headers }, token) {
  const [address = "", query = ""] = splitOnce(url, "?");
  const parameters = new URLSearchParams(query);
  const given = parameters.get("token");
  if (given === null || method !== "GET" || isRoute(address) || !isToken(given, token)) return undefined;
  parameters.delete("token");
  const to = ownAddress(`${address}${parameters.size === 0 ? "" : `?${parameters}`}`);
  const secure = headers["x-forwarded-proto"] === "https" ? "; Secure" : "";
  return {
    status: 303,
    headers: {
      location: to,
      "set-cookie": `${cookieName(token)}=${token}; Path=/; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Strict${secure}`,
      "cache-control": "no-store",
    },
    body: "",
  };
}

/** An address on this server: a second slash would make a host name of its first part. */
function ownAddress(url) {
  return `/${url.replace(/^[/\\]+/, "")}`;
}

function isOfAnotherSite({ method = "GET", headers }) {
  if (safeMethods.includes(method)) return false;
  const { origin, host = "" } = headers;
  if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) return true;
  return headers["sec-fetch-site"] === "cross-site";
}

function unauthorized({ url = "" }, message) {
  const headers = { "www-authenticate": "Bearer", "cache-control": "no-store" };
  if (!isRoute(url))
    return { status: 401, headers: { ...headers, "content-type": "text/html; charset=utf-8" }, body: signInPage(ownAddress(url)) };
  return failure(url, { status: 401, code: "unauthorized", ofOpenai: "invalid_api_key", message }, headers);
}

function forbidden({ url = "" }, message) {
  return failure(url, { status: 403, code: "forbidden", ofOpenai: "forbidden", message });
}

/** In the form that callers of the route read: under /v1 OpenAI's, else ours (`lib/contract/failure.ts`). */
function failure(url, { status, code, ofOpenai, message }, headers = {}) {
  const error = url.startsWith("/v1/") ? { message, type: "invalid_request_error", param: null, code: ofOpenai } : { code, message };
  return { status, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify({ error }) };
}

function plain(status, body) {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}

/** Whether every escape in an address stands for a character; Next would answer with an error of its own. */
function isReadable(url) {
  try {
    return typeof decodeURIComponent(url.split("?", 1)[0] ?? "") === "string";
  } catch {
    return false;
  }
}

function bearerOf({ headers }) {
  return /^Bearer +(.*)$/i.exec(headers.authorization ?? "")?.[1];
}

function cookieOf({ headers }, name) {
  const pairs = (headers.cookie ?? "").split(";").map((pair) => splitOnce(pair.trim(), "="));
  return pairs.find(([key]) => key === name)?.[1];
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function nameOf(host) {
  return host.toLowerCase().replace(/:\d+$/, "");
}

function hostOf(origin) {
  return URL.canParse(origin) ? new URL(origin).host.toLowerCase() : undefined;
}
