import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { BlockList, isIP } from "node:net";
import path from "node:path";

const file = "token";
const tokenBytes = 32;
/** What may stand behind `Bearer` (RFC 6750) and in a cookie. */
const tokenForm = /^[\w.~+/-]{16,}=*$/;

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/**
 * Whether an address that the server listens on is reached from this machine alone.
 *
 * @param {string} host
 */
export function isLoopback(host) {
  const family = isIP(host);
  return family === 0 ? host === "localhost" : loopback.check(host, family === 6 ? "ipv6" : "ipv4");
}

/**
 * The token that every request must carry; undefined where none is demanded: on a loopback address without STANSCOPE_TOKEN. Without
 * STANSCOPE_TOKEN it is made at the first call and kept in the data folder, for its owner alone.
 *
 * @param {{ host: string, dataFolder: string, chosen?: string }} options `chosen` is STANSCOPE_TOKEN
 * @returns {string | undefined}
 */
export function demandedToken({ host, dataFolder, chosen }) {
  if (chosen) {
    if (tokenForm.test(chosen)) return chosen;
    throw new Error("STANSCOPE_TOKEN must have at least 16 characters, only letters, digits and . _ ~ + / -. Choose another, or unset it.");
  }
  return isLoopback(host) ? undefined : keptToken(path.join(dataFolder, file));
}

/** Compares in constant time. @param {string} given @param {string} token */
export function isToken(given, token) {
  return timingSafeEqual(digest(given), digest(token));
}

/** The cookie that holds a token: named after it, since cookies of one host are shared by the servers on all its ports. @param {string} token */
export function cookieName(token) {
  return `stanscope-${digest(`cookie ${token}`).toString("hex").slice(0, 12)}`;
}

function keptToken(place) {
  try {
    writeFileSync(place, `${randomBytes(tokenBytes).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    chmodSync(place, 0o600);
  }
  const token = readFileSync(place, "utf8").trim();
  if (tokenForm.test(token)) return token;
  throw new Error(`${place} does not hold a token. Remove it; the next start makes a new one.`);
}

function digest(text) {
  return createHash("sha256").update(text).digest();
}
