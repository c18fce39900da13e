import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { supportOf } from "@/lib/contract/architectures/support-of";
import type { CachedModel } from "@/lib/contract/hub";
import { FileError } from "./file-error";
import { isJsonObject, readJsonFile } from "./json-file";
import { weightsPattern } from "./weights/weight-file-names";

/** `models--owner--name/snapshots/commit`, and a GGUF file in it. */
const snapshotPath = /(?:^|\/)models--([^/]+)\/snapshots\/([0-9a-f]{40})(?:\/([^/]+\.gguf))?$/i;
const ofModel = /^models--[^/]+$/;

/** Where the hub's own tools keep what they download: `HF_HUB_CACHE`, or else `hub` in `HF_HOME` or in the user's cache. */
export function hubCacheFolder(): string {
  const { HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = process.env;
  const cache = HF_HUB_CACHE || HUGGINGFACE_HUB_CACHE;
  if (cache) return fromHome(cache);
  return join(HF_HOME ? fromHome(HF_HOME) : join(XDG_CACHE_HOME || join(homedir(), ".cache"), "huggingface"), "hub");
}

/**
 * The folder or file that holds a model's weights where a path names some level of the hub's cache above it: the cache, a model in it, its snapshots.
 * A model's main branch goes before its newest snapshot. Any other path is returned as it is.
 *
 * @throws FileError where several models lie there, or none is complete
 */
export function snapshotOf(path: string): string {
  if (!isFolder(path)) return path;
  const folder = basename(path) === "snapshots" ? dirname(path) : path;
  if (snapshotPath.test(folder)) return weightsOf(path, folder);
  if (ofModel.test(basename(folder))) return weightsOf(path, snapshotsOf(folder)[0]);
  const models = existsSync(join(path, "config.json")) ? [] : modelFolders(path);
  const [first, ...others] = models;
  if (first === undefined) return path;
  if (others.length > 0) throw several(path, models);
  return snapshotOf(join(path, first));
}

/** Where a model in the hub's cache came from, as its revision is kept: `owner/name@commit`. Undefined for a path elsewhere. */
export function cachedRevision(path: string): string | undefined {
  const [, name, commit, file] = snapshotPath.exec(path) ?? [];
  if (name === undefined || !name.includes("--")) return undefined;
  return `${idOf(name)}@${commit}${file === undefined ? "" : `#${file}`}`;
}

/** The models in a cache that have their weights, by name, each at its main branch or newest snapshot. */
export function listCache(cache: string): CachedModel[] {
  return modelFolders(cache).flatMap((model) => {
    const [snapshot] = snapshotsOf(join(cache, model));
    const [, name, commit = ""] = snapshotPath.exec(snapshot ?? "") ?? [];
    if (snapshot === undefined || name === undefined) return [];
    const id = idOf(name);
    return weightsIn(snapshot).map((path) => {
      const format = path === snapshot ? ("safetensors" as const) : ("gguf" as const);
      const revision = `${id}@${commit}${format === "gguf" ? `#${basename(path)}` : ""}`;
      return {
        id,
        revision,
        path,
        format,
        sizeBytes: sizeOf(path),
        support: format === "gguf" ? supportOf({}) : supportOf(configOf(path)),
      };
    });
  });
}

/** A model's snapshots, that of its main branch first, then the newest. */
function snapshotsOf(model: string): string[] {
  const folder = join(model, "snapshots");
  if (!isFolder(folder)) return [];
  const main = join(model, "refs", "main");
  const first = existsSync(main) ? readFileSync(main, "utf8").trim() : "";
  const age = (path: string): number => statSync(path).mtimeMs;
  const all = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => snapshotPath.test(path) && isFolder(path))
    .toSorted((a, b) => age(b) - age(a));
  return [...all.filter((path) => basename(path) === first), ...all.filter((path) => basename(path) !== first)];
}

/** The snapshot itself where it holds safetensors, and each GGUF file in it; links whose blobs are gone do not count. */
function weightsIn(snapshot: string): string[] {
  const names = readdirSync(snapshot).filter((name) => existsSync(join(snapshot, name)));
  const isWhole = names.includes("config.json") && names.some((name) => weightsPattern.test(name));
  const ggufs = names.filter((name) => /\.gguf$/i.test(name) && !/mmproj|-\d{5}-of-\d{5}/i.test(name));
  return [...(isWhole ? [snapshot] : []), ...ggufs.toSorted().map((name) => join(snapshot, name))];
}

/** The safetensors go before a repository's GGUF files. */
function weightsOf(path: string, snapshot: string | undefined): string {
  const found = snapshot === undefined ? [] : weightsIn(snapshot);
  const [first, ...others] = found;
  if (first === undefined)
    throw new FileError("notFound", path, "has no weights in the hub's cache yet (safetensors with config.json, or GGUF)");
  if (first !== snapshot && others.length > 0) throw several(path, found);
  return first;
}

function several(path: string, found: readonly string[]): FileError {
  return new FileError("invalid", path, `holds several models; name one of them: ${found.map((one) => basename(one)).join(", ")}`);
}

/** `owner/name` of `owner--name`. */
function idOf(name: string): string {
  return name.replace("--", "/");
}

function modelFolders(cache: string): string[] {
  if (!isFolder(cache)) return [];
  return readdirSync(cache)
    .filter((name) => ofModel.test(name))
    .toSorted();
}

function configOf(snapshot: string): Record<string, unknown> {
  try {
    const config = readJsonFile(join(snapshot, "config.json"));
    return isJsonObject(config) ? config : {};
  } catch (error) {
    if (error instanceof FileError) return {};
    throw error;
  }
}

function sizeOf(path: string): number {
  if (!isFolder(path)) return statSync(path).size;
  const weights = readdirSync(path).filter((name) => name.endsWith(".safetensors") && existsSync(join(path, name)));
  return weights.reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
}

/** False also for a path that the system cannot hold or may not read; who opens it says why. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** As a shell reads `~/`. */
function fromHome(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}
