import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listFiles, modelInfo } from "@huggingface/hub";
import { FileError } from "@/server/files/file-error";
import { readJsonObject } from "@/server/files/json-file";
import { type HubAccess, type HubFile, hubAccess, hubProblem } from "./hub-access";
import { downloadHubFile } from "./hub-download";

export type DownloadProgress = { file: string; doneBytes: number; totalBytes: number };

export type DownloadOptions = {
  /** Branch, tag or commit; the main branch when left out. */
  revision?: string;
  signal?: AbortSignal;
  /** Called with sums over all files, as bytes arrive. */
  onProgress?: (progress: DownloadProgress) => void;
  /** Sees `config.json` before the weights are fetched, and throws to refuse the model. */
  checkConfig?: (config: Record<string, unknown>) => void;
};

/** What a base model needs, in the order in which it is fetched; weights come last. */
const neededFiles = [
  /^config\.json$/,
  /^generation_config\.json$/,
  /^tokenizer\.json$/,
  /^tokenizer_config\.json$/,
  /^chat_template\.jinja$/,
  /^model\.safetensors\.index\.json$/,
  /^model(-\d+-of-\d+)?\.safetensors$/,
];

/**
 * Downloads a model by its hub id into `<root>/<owner>--<name>@<commit>`: only the files that are needed, of one commit, each checked against the
 * hub's own hash. An interrupted download is resumed. The hub's address is `HF_ENDPOINT`, a token for private models `HF_TOKEN`.
 *
 * @returns the folder, complete, and the commit
 * @throws FileError when the hub cannot be reached, has no such model, or the model lacks a file; the signal's reason when aborted
 */
export async function downloadModel(
  id: string,
  root: string,
  options: DownloadOptions = {},
): Promise<{ folder: string; revision: string; sizeBytes: number }> {
  if (!/^[\w.-]+\/[\w.-]+$/.test(id) || id.split("/").some((part) => /^\.+$/.test(part))) {
    throw new FileError("invalid", id, "is not a hub id; expected owner/name");
  }
  const access = hubAccess(options.signal);
  try {
    const { sha: revision } = await modelInfo({
      name: id,
      additionalFields: ["sha"],
      ...(options.revision === undefined ? {} : { revision: options.revision }),
      ...access,
    });
    if (!/^[0-9a-f]{40}$/.test(revision))
      throw new FileError("invalid", id, `the hub responded with the revision ${JSON.stringify(revision)}, which is not a commit`);
    const files = await listNeeded(id, revision, access);
    const sizeBytes = files.reduce((sum, file) => sum + file.size, 0);
    const folder = join(root, `${id.replace("/", "--")}@${revision.slice(0, 12)}`);
    if (!existsSync(folder)) await downloadAll(id, revision, files, folder, access, options);
    return { folder, revision, sizeBytes };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw hubProblem(id, error);
  }
}

async function listNeeded(id: string, revision: string, access: HubAccess): Promise<HubFile[]> {
  const all: HubFile[] = [];
  for await (const { type, path, size, oid, lfs } of listFiles({ repo: id, revision, ...access })) {
    if (type === "file") all.push({ path, size, ...(lfs === undefined ? { gitHash: oid ?? "" } : { sha256: lfs.oid }) });
  }
  const has = (path: string): boolean => all.some((file) => file.path === path);
  if (!has("config.json")) {
    const advice = has("adapter_config.json") ? "it is an adapter, not a base model" : "it is not a transformers checkpoint";
    throw new FileError("invalid", id, `has no config.json at the top: ${advice}`);
  }
  if (!has("tokenizer.json")) throw new FileError("invalid", id, "has no tokenizer.json, the only tokenizer format supported from the hub");
  if (!all.some((file) => /^model(-\d+-of-\d+)?\.safetensors$/.test(file.path)))
    throw new FileError("invalid", id, "has no weights as safetensors (model.safetensors or shards)");
  // Where both are there, the single file is the newer form.
  const isNeeded = (path: string, form: RegExp): boolean => form.test(path) && !(has("model.safetensors") && /index|-of-/.test(path));
  return neededFiles.flatMap((form) => all.filter((file) => isNeeded(file.path, form)));
}

async function downloadAll(
  id: string,
  revision: string,
  files: readonly HubFile[],
  folder: string,
  access: HubAccess,
  options: DownloadOptions,
): Promise<void> {
  const partial = partialFolder(folder, revision);
  const totalBytes = files.reduce((sum, file) => sum + file.size, 0);
  let finishedBytes = 0;
  for (const file of files) {
    const report = (bytes: number): void => options.onProgress?.({ file: file.path, doneBytes: finishedBytes + bytes, totalBytes });
    await downloadHubFile({
      id,
      revision,
      file,
      folder: partial,
      access,
      report,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    finishedBytes += file.size;
    if (file.path === "config.json") options.checkConfig?.(readJsonObject(join(partial, file.path)));
  }
  rmSync(join(partial, revisionName));
  renameSync(partial, folder);
}

const revisionName = ".revision";

/** Where an earlier try of the same commit left its files; anything of another commit is removed. */
function partialFolder(folder: string, revision: string): string {
  const partial = `${folder}.partial`;
  const note = join(partial, revisionName);
  if (!existsSync(note) || readFileSync(note, "utf8") !== revision) rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeFileSync(note, revision);
  return partial;
}
