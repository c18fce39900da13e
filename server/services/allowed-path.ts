import { realpathSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";

/** The data folder itself, and what a start keeps in it: the database, its logs, the token. */
const ofTheStart = /^($|postgres|logs|processes|token|start\.sock)/;

/**
 * A path that a request names on the server's disk, absolute. Where requests may name certain folders only, it lies in one of them after its symbolic
 * links are followed.
 *
 * @param field where the request names it
 * @throws ServiceError `forbidden` when it lies elsewhere, whether it is there or not
 */
export function allowedPath({ dataFolder, folders }: Pick<ServiceContext, "dataFolder" | "folders">, path: string, field = "path"): string {
  const asked = resolve(path);
  if (folders === undefined) return asked;
  const real = realPath(asked);
  const inData = insideOf(realPath(dataFolder), real);
  if (inData !== undefined && !ofTheStart.test(inData)) return asked;
  if (inData === undefined && folders.some((folder) => insideOf(realPath(folder), real) !== undefined)) return asked;
  const allowed = ["its data folder", ...folders].join(", ");
  throw new ServiceError(
    "forbidden",
    `${path} is outside the folders that requests may name on this server (${allowed}). Add its folder to STANSCOPE_FOLDERS (separated by ":") and restart, or upload it.`,
    { field },
  );
}

/** Without symbolic links; what is not there yet lies where its folder leads to. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), path.slice(parent.length));
  }
}

/** The path from a folder to what lies in it, empty for the folder itself; undefined for what lies elsewhere. */
function insideOf(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  return way === ".." || way.startsWith(`..${sep}`) ? undefined : way;
}
