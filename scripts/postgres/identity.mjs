import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";

/** PostgreSQL refuses to run as root: then it runs as nobody. */
const nobody = 65534;

/**
 * As whom the server runs.
 *
 * @typedef {{ uid?: number, gid?: number, prefix: string[] }} Identity `prefix` is put before a command
 */

/**
 * @param {readonly string[]} folders that the server must be able to enter
 * @returns {Identity}
 */
export function serverIdentity(folders) {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const closed = folders.map((folder) => closedTo(folder, { uid: nobody, gid: nobody })).find((folder) => folder !== undefined);
  if (closed === undefined) return { uid: nobody, gid: nobody, prefix: [] };
  // A clone under /root: nobody may not pass. The server keeps root's right to read and enter, and nothing else of root.
  if (!hasSetpriv()) {
    throw new Error(
      `PostgreSQL cannot run as root, and the user that it runs as instead has no access to ${closed}. ` +
        `Set STANSCOPE_HOME to a folder such as /var/lib/stanscope and keep the clone outside ${closed}, or start as a regular user.`,
    );
  }
  // Without the last one `access`, by which initdb looks for the server, would not count that right.
  const capabilities = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"];
  return { prefix: ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups", ...capabilities, "--"] };
}

/** The user id that owns the server's files under root, else undefined. */
export function serverOwner() {
  return process.getuid?.() === 0 ? nobody : undefined;
}

/**
 * Makes a folder that the server alone may enter, or takes it over when it is there and nobody else's.
 *
 * @param {string} folder
 */
export function makePrivateFolder(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid } = lstatSync(folder);
  const own = process.getuid?.();
  if (!lstatSync(folder).isDirectory() || (own !== undefined && uid !== own && uid !== serverOwner())) {
    throw new Error(`${folder} belongs to another user (${uid}). Remove it, or set TMPDIR to your own folder.`);
  }
}

/** The highest folder on the way to `folder` that a user of one group may not enter. */
function closedTo(folder, { uid, gid }) {
  const parts = path.resolve(folder).split(path.sep);
  for (let depth = 1; depth <= parts.length; depth++) {
    const step = parts.slice(0, depth).join(path.sep) || path.sep;
    const found = statSync(step, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    const mayEnter = found.mode & (found.uid === uid ? 0o100 : found.gid === gid ? 0o010 : 0o001);
    if (!mayEnter) return step;
  }
  return undefined;
}

function hasSetpriv() {
  try {
    execFileSync("setpriv", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
