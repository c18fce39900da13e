import { accessSync, chmodSync, chownSync, constants, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { serverOwner } from "../postgres/identity.mjs";

const stickyBit = 0o1000;

const reasons = {
  EACCES: "this user has no write permission",
  EPERM: "this user has no write permission",
  EROFS: "the disk is mounted read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EEXIST: "a file with that name exists",
  ENOTDIR: "a part of the path is a file",
};

/**
 * Makes the data folder and tries that it can be written.
 *
 * @param {string} folder
 * @throws Error saying why it cannot, and what to do
 */
export function makeDataFolder(folder) {
  const probe = path.join(folder, `.probe.${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(probe, "writable");
    rmSync(probe);
  } catch (error) {
    throw new Error(`The data folder ${folder} cannot be used: ${reasonOf(error)}. Fix that, or set STANSCOPE_HOME to another folder.`);
  }
}

/**
 * Closes the data folder and its logs to other users. Under root the database runs as another user, who may pass through the folder and not list it.
 *
 * @param {string} folder
 * @returns {boolean} false where this user may not, or should not: many share a folder such as /tmp
 */
export function makePrivate(folder) {
  if (statSync(folder).mode & stickyBit) return false;
  try {
    const passer = serverOwner();
    if (passer !== undefined) chownSync(folder, 0, passer);
    chmodSync(folder, passer === undefined ? 0o700 : 0o710);
    const logs = path.join(folder, "logs");
    if (existsSync(logs)) for (const name of readdirSync(logs)) chmodSync(path.join(logs, name), 0o600);
    return true;
  } catch (error) {
    if (error.code !== "EPERM") throw error;
    return false;
  }
}

/**
 * @param {string} root the clone
 * @param {string} what must be done in it
 * @throws Error when it may not be written
 */
export function demandWritable(root, what) {
  try {
    accessSync(root, constants.W_OK);
  } catch (error) {
    throw new Error(
      `${what} in the clone ${root}, but ${reasonOf(error)}. Run npm start once as a user with write access, or clone it elsewhere; STANSCOPE_HOME moves only the data.`,
    );
  }
}

function reasonOf(error) {
  return reasons[error.code] ?? error.message;
}
