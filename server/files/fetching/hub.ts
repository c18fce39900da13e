import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demandSpace } from "@/server/files/free-space";
import { readJsonObject } from "@/server/files/json-file";
import { weightsIndex } from "@/server/files/weights/weight-file-names";
import { type HubAccess, hubAccess, hubProblem, type KeptToken } from "./hub-access";
import { downloadHubFile } from "./hub-download";
import { demandListedShards, filesOf } from "./hub-files";
import { demandReadGguf } from "./hub-gguf";
import { type HubFile, readRepository } from "./hub-repository";

export type DownloadProgress = { file: string; doneBytes: number; totalBytes: number };

export type DownloadOptions = {
  /** Branch, tag or commit; the main branch when left out. */
  revision?: string;
  /** A `.gguf` file of the repository, which is then all that is fetched; the safetensors when left out. */
  file?: string;
  /** A token that was entered for the hub; `HF_TOKEN` otherwise. */
  token?: KeptToken | undefined;
  signal?: AbortSignal;
  /** Called with sums over all files, as bytes arrive. */
  onProgress?: (progress: DownloadProgress) => void;
  /** Sees `config.json` before the weights are fetched, and throws to refuse the model. */
  checkConfig?: (config: Record<string, unknown>) => void;
};

/**
 * Downloads a model by its hub id into `<root>/<owner>--<name>@<commit>`: only the files that are needed, of one commit, each checked against the
 * hub's own hash. An interrupted download is resumed. The hub's address is `HF_ENDPOINT`.
 *
 * @returns the folder, complete, the path that is opened (a GGUF file's own), and the commit
 * @throws FileError when the hub cannot be reached, has no such model, the model lacks a file or the disk has no room; the signal's reason when aborted
 */
export async function downloadModel(
  id: string,
  root: string,
  options: DownloadOptions = {},
): Promise<{ folder: string; path: string; revision: string; sizeBytes: number }> {
  const { file } = options;
  const access = hubAccess(options.token, options.signal);
  try {
    const { commit, files: all } = await readRepository(id, options.revision, access);
    const files = filesOf(id, all, file);
    const sizeBytes = files.reduce((sum, { size }) => sum + size, 0);
    const folder = join(root, `${id.replace("/", "--")}@${commit.slice(0, 12)}${file === undefined ? "" : `+${file}`}`);
    if (!existsSync(folder)) {
      if (file !== undefined) await demandReadGguf(id, commit, file, access);
      await downloadAll(id, commit, files, folder, access, options);
    }
    return { folder, path: file === undefined ? folder : join(folder, file), revision: commit, sizeBytes };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw hubProblem(id, error, access);
  }
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
  await demandSpace(partial, totalBytes - sizeOfFiles(partial));
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
    if (file.path === weightsIndex) demandListedShards(id, readJsonObject(join(partial, file.path)), files);
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

function sizeOfFiles(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
