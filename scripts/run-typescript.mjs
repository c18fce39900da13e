import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Runs one of our TypeScript entries in this process.
 *
 * @param {string} entry path from the repository's root
 */
export async function runTypescript(entry) {
  if (!fs.existsSync(path.join(root, "node_modules", "tsx"))) {
    process.stderr.write("The packages are not installed: run `npm start` once, or `npm ci`.\n");
    process.exit(1);
  }
  // Without this tsx looks for the path aliases in the folder of the caller.
  process.env.TSX_TSCONFIG_PATH ??= path.join(root, "tsconfig.json");
  const { register } = await import("tsx/esm/api");
  register();
  await import(pathToFileURL(path.join(root, entry)).href);
}
