import { relative, sep } from "node:path";

/** The key of the folder or file directly inside `dataFolder/<kind>` that holds `path` (`models/abc`); undefined for what lies elsewhere. */
export function ownedKey(dataFolder: string, path: string): string | undefined {
  const [kind, name] = relative(dataFolder, path).split(sep);
  return kind === undefined || kind === "" || kind === ".." || name === undefined ? undefined : `${kind}/${name}`;
}
