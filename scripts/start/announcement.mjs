import { isIPv6 } from "node:net";
import { isLoopback } from "../web/access.mjs";

/**
 * What the start says at its end: the address, and what is open to whom.
 *
 * @param {{ host: string, port: number, token?: string | undefined, folders?: string | undefined }} served `folders` is STANSCOPE_FOLDERS
 * @returns {{ url: string, link: string, access: string[] }} `link` signs a browser in; `access` are lines
 */
export function announcement({ host, port, token, folders }) {
  const url = `http://${nameIn(host)}:${port}`;
  if (token === undefined) return { url, link: url, access: ["Open to every user of this machine; other machines cannot reach it."] };
  const isHere = isLoopback(host);
  const whom = isHere ? "programs on this machine" : `every machine that reaches ${isEvery(host) ? "this one" : host} on port ${port}`;
  return {
    url,
    link: `${url}/?token=${encodeURIComponent(token)}`,
    access: [
      `Open to ${whom}, with the token: browsers by the link above${isEvery(host) ? " (on other machines, with this machine's name in it)" : ""}, clients with Authorization: Bearer.`,
      ...(isHere && folders === undefined
        ? []
        : [`Requests may name files in the data folder${folders ? ` and in ${folders}` : ""} only; STANSCOPE_FOLDERS allows more.`]),
      ...(isHere ? [] : ["Traffic is not encrypted: outside a trusted network, put a TLS proxy in front of it."]),
    ],
  };
}

/** A host as it stands in an address that this machine can open. */
function nameIn(host) {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return isIPv6(host) ? `[${host}]` : host;
}

function isEvery(host) {
  return host === "0.0.0.0" || host === "::";
}
