import { accessSync, constants, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const reasons = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "the disk is mounted read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EEXIST: "there is a file of that name",
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
    mkdirSync(folder, { recursive: true });
    writeFileSync(probe, "writable");
    rmSync(probe);
  } catch (error) {
    throw new Error(`The data folder ${folder} cannot be used: ${reasonOf(error)}. Mend that, or set STANSCOPE_HOME to another folder.`);
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
      `${what} in the clone ${root}, but ${reasonOf(error)}. Run npm start once as a user who may write there, or clone it elsewhere; STANSCOPE_HOME moves the data alone.`,
    );
  }
}

function reasonOf(error) {
  return reasons[error.code] ?? error.message;
}
