import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundleOf } from "./typescript/bundle.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Runs one of our TypeScript entries in this process.
 *
 * @param {string} entry path from the repository's root
 * @param {{ isBundled?: boolean }} options an entry that imports files by names which it computes is loaded file by file
 */
export async function runTypescript(entry, { isBundled = true } = {}) {
  if (!fs.existsSync(path.join(root, "node_modules", "tsx"))) {
    process.stderr.write("The packages are not installed: run `npm start` once, or `npm ci`.\n");
    process.exit(1);
  }
  if (isBundled) await importTypescript(entry);
  else await import(pathToFileURL(await registered(entry)).href);
}

/**
 * Imports one of our TypeScript files, with all that it imports.
 *
 * @param {string} entry path from the repository's root
 */
export async function importTypescript(entry) {
  const file = await bundleOf(root, entry).catch((error) => {
    // Where the file system lets nothing be written, each file is transformed as it is loaded.
    if (error?.syscall === undefined) throw error;
    return registered(entry);
  });
  process.setSourceMapsEnabled(true);
  return import(pathToFileURL(file).href);
}

/** @returns {Promise<string>} the entry itself, which can be imported from now on */
async function registered(entry) {
  // Without this tsx looks for the path aliases in the folder of the caller.
  process.env.TSX_TSCONFIG_PATH ??= path.join(root, "tsconfig.json");
  const { register } = await import("tsx/esm/api");
  register();
  return path.join(root, entry);
}
