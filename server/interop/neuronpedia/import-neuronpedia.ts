import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CollectionModule } from "@/lib/contract/latent";
import { FileError } from "@/server/files/file-error";
import { unpackTree } from "@/server/interop/archives/unpack-tree";
import { findSources, type NeuronpediaSource } from "./neuronpedia-sources";
import { type ImportedModule, SourceReader } from "./source-reader";

export type ImportedDictionary = {
  modelId: string;
  /** The source's id, or what the ids of several have in common. */
  sourceId: string;
  /** Denominator of every density. Where the export does not say it, a nominal million: counts then follow from densities. */
  tokens: number;
  isTokenCountKnown: boolean;
  modules: ImportedModule[];
  /** What is known when all modules have been read: what a finished collection states. */
  result: () => {
    positions: number;
    contexts: number;
    domains: never[];
    modules: CollectionModule[];
    numLatents: number;
    k: number;
    probes: never[];
    coFiringSampled: number;
    trainingSteps: never[];
  };
  /** Latents without a line in the export, stored without firings. */
  missing: () => number;
  /** Removes what was written into the temporary folder. */
  close: () => void;
};

const nominalTokens = 1_000_000;
const largestUnpackedBytes = 256 * 2 ** 30;

/**
 * Opens a Neuronpedia export tree: a folder, or a .tar or .tar.gz of one, with one source or several of one model.
 *
 * @param temporaryFolder where an archive is unpacked and examples are sorted
 * @param onProgress bytes of the source files read so far, and of all of them
 * @throws FileError naming the file, and the line where one is at fault
 */
export async function importNeuronpedia(
  path: string,
  temporaryFolder: string,
  onProgress: (doneBytes: number, totalBytes: number) => void = () => {},
): Promise<ImportedDictionary> {
  const work = join(temporaryFolder, `neuronpedia-${randomBytes(6).toString("hex")}`);
  mkdirSync(work, { recursive: true });
  const close = () => rmSync(work, { recursive: true, force: true });
  try {
    const tree = /\.(tar|tgz|tar\.gz)$/i.test(path) ? join(work, "tree") : path;
    if (tree !== path) await unpackTree(path, tree, largestUnpackedBytes);
    const sources = await findSources(tree);
    return dictionaryOf(path, sources, { work, onProgress, close });
  } catch (error) {
    close();
    throw error;
  }
}

function dictionaryOf(
  path: string,
  sources: readonly NeuronpediaSource[],
  options: { work: string; onProgress: (doneBytes: number, totalBytes: number) => void; close: () => void },
): ImportedDictionary {
  const modelIds = [...new Set(sources.map(({ modelId }) => modelId))];
  if (modelIds.length > 1)
    throw new FileError("invalid", path, `holds sources of several models (${modelIds.join(", ")}); import one at a time`);
  const known = sources.flatMap(({ tokens }) => tokens ?? []);
  const tokens = known.length === 0 ? nominalTokens : known.reduce((most, count) => Math.max(most, count));
  const totalBytes = sources.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let doneBytes = 0;
  const counter = { contexts: 0, missing: 0 };
  const finished: CollectionModule[] = [];
  const modules = sources.map((source, place) => {
    const onFile = (bytes: number) => {
      doneBytes += bytes;
      options.onProgress(doneBytes, totalBytes);
    };
    return new SourceReader(source, { place, tokens, work: options.work, counter, onFile, finished }).asModule();
  });
  return {
    modelId: modelIds[0] ?? "",
    sourceId: commonName(sources.map(({ id }) => id)),
    tokens,
    isTokenCountKnown: known.length > 0,
    modules,
    result: () => ({
      positions: tokens,
      contexts: counter.contexts,
      domains: [],
      modules: finished,
      numLatents: finished.reduce((sum, { numLatents }) => sum + numLatents, 0),
      k: 0,
      probes: [],
      coFiringSampled: 0,
      trainingSteps: [],
    }),
    missing: () => counter.missing,
    close: options.close,
  };
}

/** `12-res-16k` for one; `res-16k` for several that differ in their layer. */
function commonName(ids: readonly string[]): string {
  const [first = ""] = ids;
  if (ids.length === 1) return first;
  const names = new Set(ids.map((id) => id.replace(/^\d+-/, "")));
  return names.size === 1 ? first.replace(/^\d+-/, "") : ids.join(", ").slice(0, 200);
}
